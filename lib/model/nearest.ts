import { distance } from 'fastest-levenshtein';

/** Two letters in the wrong order are the commonest slip: of equally distant names, one of the same letters is meant. */
function letters(word: string): string {
  return [...word.toLowerCase()].sort().join('');
}

/** The only candidate that begins with a word, which was cut short: `prod`. */
function longer(word: string, candidates: Iterable<string>): string | undefined {
  const [one, ...others] = [...candidates].filter((candidate) => word.length > 2 && candidate.startsWith(word));
  return others.length === 0 ? one : undefined;
}

/** The candidate most like `word`, or undefined where none is near enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(2, Math.floor(word.length / 3));
  const ranked = [...candidates]
    .map((candidate) => ({
      candidate,
      edits: distance(word.toLowerCase(), candidate.toLowerCase()) - (letters(word) === letters(candidate) ? 0.5 : 0),
    }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits || a.candidate.localeCompare(b.candidate));
  return ranked[0]?.candidate ?? longer(word, candidates);
}
