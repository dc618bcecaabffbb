/** A map that forgets its oldest entries: a simulator may run for days. */
export type BoundedMap<V> = { get(key: string): V | undefined; set(key: string, value: V): void };

export function boundedMap<V>(sizeMax: number): BoundedMap<V> {
  const entries = new Map<string, V>();
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.set(key, value);
      if (entries.size <= sizeMax) return;
      const oldest = entries.keys().next();
      if (oldest.done !== true) entries.delete(oldest.value);
    },
  };
}
