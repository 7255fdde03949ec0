/**
 * The connections whose program sets no model: the service's list decides, so that a preview of a new or changed connection does
 * not know their output `defaultModel`.
 */
export const withChosenModel = new WeakSet<object>();
