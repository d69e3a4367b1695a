import { Construct } from 'constructs';
import { dataVolume, Tool, type ToolProps } from './tool';

const dataFolder = '/ollama';

/** Ollama. Its models and its own key lie on the claim, so that a new pod need not load them again. */
export class Ollama extends Construct {
  constructor(scope: Construct, id: string, props: ToolProps) {
    super(scope, id);
    const [port] = props.tool.ports;
    new Tool(this, 'Tool', props, {
      container: {
        env: [
          { name: 'HOME', value: dataFolder },
          { name: 'OLLAMA_MODELS', value: `${dataFolder}/models` },
          { name: 'OLLAMA_HOST', value: `0.0.0.0:${port?.containerPort}` },
        ],
        mounts: [{ name: dataVolume, mountPath: dataFolder }],
        scratch: [{ path: '/tmp', size: 128 }],
      },
      readyPath: '/',
      startSeconds: 15,
    });
  }
}
