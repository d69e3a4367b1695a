/**
 * A reader that has seen enough (`| head`) is no error: what it no longer reads is dropped, and the work goes on to its own
 * exit status. Node.js makes an error of it, and writing that error down would make the next one, for ever.
 */

/** @param unheard is told of any other error of an output, such as a full disk; it may write to stderr, which is heard once */
export function allowClosedPipes(unheard: (error: Error) => void): void {
  let said = false;
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || said) return;
      said = true;
      unheard(error);
    });
}
