# LiteLLM with keys of its own keeping needs a database. This is what takes its place: the sandbox knows the keys, and LiteLLM
# passes each on to it. A key that the sandbox rejects gets the answer of LiteLLM with a database.
import os

import httpx
from litellm.integrations.custom_logger import CustomLogger
from litellm.proxy._types import ProxyException, UserAPIKeyAuth

upstream = os.environ["UPSTREAM_URL"]


async def authenticate(request, api_key):
    async with httpx.AsyncClient() as client:
        reply = await client.get(f"{upstream}/models", headers={"authorization": f"Bearer {api_key}"})
    if reply.status_code == 401:
        message = "Authentication Error, Invalid proxy server token passed."
        raise ProxyException(message=message, type="token_not_found_in_db", param="key", code=401)
    return UserAPIKeyAuth(api_key=api_key, metadata={"key": api_key})


class PassKeyOn(CustomLogger):
    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        return {**data, "api_key": user_api_key_dict.metadata["key"]}


pass_key_on = PassKeyOn()
