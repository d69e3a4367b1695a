/**
 * Waits for all of them, also when one fails: neither a load nor a forwarded port goes on behind the next check's back.
 * @throws Error with every failure, each once
 */
export async function together<T>(all: readonly Promise<T>[]): Promise<T[]> {
  const ended = await Promise.allSettled(all);
  const reasons = ended.flatMap((it): unknown[] => (it.status === 'rejected' ? [it.reason] : []));
  const said = new Set(reasons.map((reason) => (reason instanceof Error ? reason.message : String(reason))));
  if (said.size > 0) throw new Error([...said].join('; '));
  return ended.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
}
