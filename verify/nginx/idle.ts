/** WebSockets that are silent for longer than a minute, in plain and over TLS at the pod of realtime-game. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { planWith } from '../../test/edge/renderings';
import { type Running, runSystem } from './agreement';
import type { Bench } from './bench';
import { ownPair, SecretVolume } from './certificate';
import { handshake, type Tunnel, tunnel } from './streams';

/** Longer than the minute after which nginx and most that stand in front of it give up unless told otherwise. */
const idleSeconds = 70;

/** Words that come back, each after a silence. */
const words = ['first', 'second', 'third'];

const request = handshake('/ws/idle/?token=very.secret.token');

async function echoes(socket: Tunnel): Promise<boolean[]> {
  const heard: boolean[] = [];
  for (const word of words) {
    if (heard.length > 0) await sleep(idleSeconds * 1000);
    socket.say(word);
    heard.push(await socket.until(word));
  }
  return heard;
}

async function game(bench: Bench): Promise<Running> {
  const pair = await ownPair('game');
  return runSystem(bench, planWith('realtime-game', 'production', {}), (folder) =>
    new SecretVolume(join(folder, 'tls')).update(pair),
  );
}

/** Sockets that echo for minutes, most of which they are silent, while everything else is checked. */
export async function idleSockets(bench: Bench): Promise<() => Promise<void>> {
  const { checks, pod } = bench;
  const running = await game(bench);
  const sockets = [
    ['in plain', tunnel(pod.http, request)],
    ['over TLS at the pod', tunnel(running.pod.https, request, true)],
  ] as const;
  for (const [title, socket] of sockets) checks.ok(`a WebSocket ${title}`, await socket.until('101'), socket.text());
  const began = Date.now();
  const all = Promise.all(sockets.map(([, socket]) => echoes(socket)));
  return async () => {
    const heard = await all;
    const minutes = ((Date.now() - began) / 60_000).toFixed(1);
    for (const [index, [title, socket]] of sockets.entries()) {
      checks.equal(`${title}: echoes with ${idleSeconds} s of silence between them`, heard[index], [true, true, true]);
      checks.ok(`${title}: the WebSocket is still open after ${minutes} minutes`, socket.isOpen(), socket.text());
      socket.end();
    }
    await running.stop();
  };
}
