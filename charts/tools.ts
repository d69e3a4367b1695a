import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Plan, ToolPlan } from '../lib/model/plan';
import { Ollama, PgAdmin, RedisCommander, type ToolProps } from '../lib/tools';

type ToolConstruct = new (scope: Construct, id: string, props: ToolProps) => Construct;

const constructs: Readonly<Record<ToolPlan['kind'], ToolConstruct>> = {
  ollama: Ollama,
  pgadmin: PgAdmin,
  'redis-commander': RedisCommander,
};

/** `80-tools`: the development aids, where the environment has them. */
export class ToolsChart extends Chart {
  constructor(scope: Construct, plan: Plan) {
    super(scope, '80-tools');
    for (const tool of plan.tools) new constructs[tool.kind](this, tool.name, { plan, tool });
  }
}
