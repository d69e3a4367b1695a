/** The program around the model: one subcommand a task. Commands that synthesize load cdk8s only when they run. */
import { Command, Option } from 'commander';
import { defaultChoice } from '../lib/choice';
import { tiers } from '../lib/model/schema/primitives';
import { checkCommand } from './commands/check';
import { imageCommand } from './commands/image';
import { listCommand } from './commands/list';
import { reportCommand } from './commands/report';
import { schemaCommand } from './commands/schema';
import { synthCommand } from './commands/synth';
import { type GlobalOptions, Session } from './session';
import type { Terminal } from './terminal';

/** What a command does with its arguments. */
type Action<Arguments extends unknown[]> = (session: Session, ...args: Arguments) => void | Promise<void>;

const formats = ['text', 'json'] as const;

function tierOption(): Option {
  return new Option('--tier <tier>', "how much: the environment's unless given").choices(tiers);
}

function formatOption(): Option {
  return new Option('--format <format>', 'for people or for programs').choices(formats).default('text');
}

/** A subcommand on a system and an environment, which may both be left out. */
function onSystem(program: Command, name: string): Command {
  return program
    .command(name)
    .argument('[system]', 'a file of systems/', defaultChoice.system)
    .argument('[environment]', 'a file of environments/', defaultChoice.environment);
}

/** @returns the program, which throws a CommanderError instead of leaving the process */
export function buildProgram(terminal: Terminal): Command {
  const program = new Command('keelson')
    .description('One typed description of a web system becomes production Kubernetes manifests.')
    .option('--root <folder>', 'the folder that holds systems/ and environments/ (default: the current folder)')
    .option('--no-color', 'plain text; NO_COLOR does the same')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      getOutHasColors: () => terminal.color,
      getErrHasColors: () => terminal.color,
    });
  const act =
    <Arguments extends unknown[]>(action: Action<Arguments>) =>
    (...args: Arguments) =>
      action(new Session(terminal, program.opts<GlobalOptions>()), ...args);

  program
    .command('list')
    .description('systems, environments and tiers')
    .addOption(formatOption())
    .action(act(listCommand));
  onSystem(program, 'synth')
    .description('write the manifests: the same bytes as `cdk8s synth`')
    .addOption(tierOption())
    .option('--out <folder>', 'where to; replaced as a whole once the new one is complete', 'dist')
    .option('--no-compare', 'write even what a running cluster refuses, after docs/procedures.md was followed')
    .action(act(synthCommand));
  // No default shows whether `--all` was narrowed down.
  program
    .command('check')
    .argument('[system]', `a file of systems/ (default: ${JSON.stringify(defaultChoice.system)})`)
    .argument('[environment]', `a file of environments/ (default: ${JSON.stringify(defaultChoice.environment)})`)
    .description('all problems, and nothing else')
    .addOption(tierOption())
    .addOption(
      new Option('--all', 'every system, or this one, in every environment and tier').conflicts(['against', 'tier']),
    )
    .option('--against <folder>', 'also refuse what Kubernetes cannot change in place, compared with this output')
    .action(act(checkCommand));
  onSystem(program, 'report')
    .description('capacity, prerequisites, Secrets, images, ports, exemptions, the prune command')
    .addOption(tierOption())
    .addOption(formatOption())
    .action(act(reportCommand));
  program
    .command('image')
    .description('release images: a one-line change of environments/<environment>.images.json')
    .argument('<name=reference...>', 'an image of the system, and REPOSITORY:TAG[@DIGEST]')
    .requiredOption('--environment <environment>', 'where they are released')
    .option('--system <system>', 'whose images they are', defaultChoice.system)
    .action(act(imageCommand));
  program
    .command('schema')
    .description('JSON Schema of the system file, for editors')
    .option('--environment', 'of the environment file instead')
    .action(act(schemaCommand));
  return program;
}
