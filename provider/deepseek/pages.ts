/** Where DeepSeek's customers make and revoke keys: there is no API for that. */
export const keysPage = "https://platform.deepseek.com/api_keys";

export const topUpPage = "https://platform.deepseek.com/top_up";

export const statusPage = "https://status.deepseek.com";
