/** `data` of a response as Apollo Server passes it around. */
export type ResponseData = Record<string, unknown>;

const unread = new WeakMap<ResponseData, () => string | null>();

/**
 * The object that a JSON text stands for, parsed when somebody looks into it: plugins see ordinary data, and
 * where none of them looks, {@link unreadText} gives the text back and nothing was parsed.
 *
 * @param text of an object
 */
export function lazyData(text: string): ResponseData {
  let pending: string | null = text;
  const target: ResponseData = {};
  const read = (): ResponseData => {
    if (pending !== null) {
      Object.assign(target, JSON.parse(pending));
      pending = null;
    }
    return target;
  };
  const data = new Proxy(target, {
    get: (_, key) => Reflect.get(read(), key),
    set: (_, key, value) => Reflect.set(read(), key, value),
    has: (_, key) => Reflect.has(read(), key),
    deleteProperty: (_, key) => Reflect.deleteProperty(read(), key),
    defineProperty: (_, key, descriptor) => Reflect.defineProperty(read(), key, descriptor),
    ownKeys: () => Reflect.ownKeys(read()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(read(), key),
    preventExtensions: () => Reflect.preventExtensions(read()),
  });
  unread.set(data, () => pending);
  return data;
}

/** The text behind lazy data that nobody has looked into; null for all other data. */
export function unreadText(data: ResponseData | null | undefined): string | null {
  return (data && unread.get(data)?.()) ?? null;
}
