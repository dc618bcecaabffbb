/** So many rows are worked on at a stretch. */
export const rowsPerTurn = 200;

/** Other work of the process gets its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
