import { unreleased } from '../../e2e/released';
import type { Pod } from '../../e2e/stage';

function pod(name: string, uid: string, image: string): Pod {
  return {
    metadata: { name: `${name}-${uid}`, uid, namespace: 'shop', labels: { 'app.kubernetes.io/name': name } },
    spec: {
      containers: [
        { name, image },
        { name: 'exporter', image: 'exporter:1' },
      ],
    },
    status: {},
  };
}

const services = [
  { name: 'back', image: 'back:2', released: true },
  { name: 'proxy', image: 'nginx:1', released: false },
];
const before = [pod('back', 'a', 'back:1'), pod('proxy', 'b', 'nginx:1'), pod('db', 'c', 'db:1')];
const after = [pod('back', 'd', 'back:2'), pod('proxy', 'e', 'nginx:1'), pod('db', 'c', 'db:1')];

describe('A release', () => {
  test('is there when every pod is another one and runs what is wanted', () => {
    expect(unreleased(before, after, services)).toEqual([]);
  });

  test('is not there with a pod of before', () => {
    expect(unreleased(before, [...after, pod('proxy', 'b', 'nginx:1')], services)).toEqual(['proxy-b is of before']);
  });

  test('is not there with a new pod of the old image', () => {
    const wrong = unreleased(before, [...after, pod('back', 'f', 'back:1')], services);
    expect(wrong).toEqual(['back-f does not run back:2']);
  });

  test('is not there without a pod', () => {
    expect(unreleased(before, after.slice(1), services)).toEqual(['back has no pod']);
  });

  test('is none where the image ran before', () => {
    expect(unreleased([pod('back', 'a', 'back:2')], after, services)).toEqual(['back ran back:2 before']);
  });
});
