// The API as promises: JSON in, JSON out, and every failure a Problem with a code.

import addresses from "../config.js";

/** What went wrong; `code` is one of the API's, or `unreachable` where nothing answered. */
export class Problem extends Error {
  /** @param {string} code @param {string | null} [param] @param {number} [seconds] */
  constructor(code, param = null, seconds = 0) {
    super(code);
    this.code = code;
    this.param = param;
    this.seconds = seconds;
  }
}

/** @typedef {{method?: string, token?: string | null, json?: object, form?: FormData,
 *             key?: string}} Options */

/** The whole address of a path whose first part names a function. @param {string} path */
export function address(path) {
  const [, name, rest] = /^(\w+)(.*)$/.exec(path);
  return new URL(addresses[name] + rest, document.baseURI).href;
}

/**
 * One request. @param {string} path @param {Options} [options] @returns {Promise<any>}
 */
export async function ask(path, options = {}) {
  const response = await reach(path, options);
  const answer = await response.json().catch(() => null);
  if (!response.ok || answer === null) throw problemOf(answer, response.headers.get("Retry-After"));
  return answer;
}

/** A photo that is not public, as an address that an image can show; release it when done.
 * @param {string} path @param {string} token */
export async function askForPhoto(path, token) {
  const response = await reach(path, { token });
  if (!response.ok) throw problemOf(await response.json().catch(() => null));
  return URL.createObjectURL(await response.blob());
}

/**
 * A form whose progress, from 0 to 1, is told while it is sent; fetch cannot tell it.
 * @param {string} path @param {Options} options @param {(share: number) => void} progress
 * @returns {Promise<any>}
 */
export function upload(path, options, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address(path));
    for (const [name, value] of Object.entries(headersOf(options))) {
      request.setRequestHeader(name, value);
    }
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => progress(loaded / total);
    request.onerror = () => reject(new Problem("unreachable"));
    request.onload = () => {
      const answer = request.response;
      if (request.status < 400 && answer) resolve(answer);
      else reject(problemOf(answer, request.getResponseHeader("Retry-After")));
    };
    request.send(options.form);
  });
}

async function reach(path, options) {
  const body = options.json ? JSON.stringify(options.json) : options.form;
  try {
    return await fetch(address(path), {
      method: options.method ?? (body ? "POST" : "GET"),
      headers: headersOf(options),
      body,
    });
  } catch {
    throw new Problem("unreachable");
  }
}

/** @param {Options} options @returns {Record<string, string>} */
function headersOf({ token, json, key }) {
  return {
    ...(token && { Authorization: `Bearer ${token}` }),
    ...(json && { "Content-Type": "application/json" }),
    ...(key && { "Idempotency-Key": key }),
  };
}

function problemOf(answer, retryAfter = null) {
  const error = answer?.error;
  return new Problem(error?.code ?? "internal", error?.param, Number(retryAfter));
}
