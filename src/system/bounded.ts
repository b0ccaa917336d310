/**
 * What `look` makes of each item, in the items' order, with no more than `most` of them under way: a
 * few at a time keep the pool of file operations busy without opening thousands of files.
 */
export async function boundedMap<Item, Result>(
  items: readonly Item[],
  most: number,
  look: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const pending = items.entries();
  const worker = async () => {
    for (const [index, item] of pending) results[index] = await look(item);
  };
  await Promise.all(Array.from({ length: most }, worker));
  return results;
}
