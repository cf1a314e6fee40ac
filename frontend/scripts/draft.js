// What was typed and chosen but not yet sent, kept on this device until it is sent or thrown away.
// IndexedDB, since it keeps photos too.

const STORE = "drafts";
const DAYS = 7;

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function store(mode) {
  const opening = indexedDB.open("drafts", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return (await done(opening)).transaction(STORE, mode).objectStore(STORE);
}

/** @param {string} name @param {object} content */
export async function keepDraft(name, content) {
  try {
    await done((await store("readwrite")).put({ content, kept: Date.now() }, name));
  } catch {
    // A private window may refuse to keep anything; the page works on without.
  }
}

/** The draft of this name, null where there is none; old ones of any name are thrown away.
 * @param {string} name @returns {Promise<any>} */
export async function recallDraft(name) {
  try {
    const drafts = await store("readwrite");
    for (const key of await done(drafts.getAllKeys())) {
      const { kept } = await done(drafts.get(key));
      if (Date.now() - kept > DAYS * 86_400_000) drafts.delete(key);
    }
    return (await done(drafts.get(name)))?.content ?? null;
  } catch {
    // As above.
    return null;
  }
}

/** @param {string} name */
export async function forgetDraft(name) {
  try {
    await done((await store("readwrite")).delete(name));
  } catch {
    // As above.
  }
}
