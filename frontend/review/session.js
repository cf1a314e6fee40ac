// The reviewer's token: in this tab only, gone when it closes.

import { ask } from "../scripts/api.js";

const KEY = "token";
const STAFF = ["reviewer", "admin"];

/** @returns {string | null} */
export function token() {
  return sessionStorage.getItem(KEY);
}

/** Whether the token is a reviewer's; it is kept if so. @param {string} secret */
export async function signIn(secret) {
  const caller = await ask("cases/me", { token: secret });
  if (!STAFF.includes(caller.role)) return false;
  sessionStorage.setItem(KEY, secret);
  return true;
}

export function signOut() {
  sessionStorage.removeItem(KEY);
}

/** A request as the reviewer. @param {string} path @param {import("../scripts/api.js").Options} [options] */
export function askAsReviewer(path, options = {}) {
  return ask(path, { ...options, token: token() });
}
