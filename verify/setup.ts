/**
 * Builds or installs every tool of `make verify` that is not in the cache yet. `--node` adds the programs of a node.
 */
import { cacheFolder } from './kit/cache';
import { ensureDebianPackage } from './kit/debian';
import { ensureGoProgram, type GoProgram, goProgramVersion } from './kit/go';
import { ensureModuleFiles } from './kit/module-files';
import { ensurePackageTypes, PACKAGE_TYPES } from './kit/package-types';
import { ensurePythonProgram } from './kit/python';
import { CHECKOV, CRDS, DEBIAN_PACKAGES, GO_PROGRAMS, KWOK_STAGES, NODE_PROGRAMS } from './kit/tools';

interface Step {
  title: string;
  ensure: () => Promise<boolean>;
}

function steps(programs: readonly GoProgram[]): Step[] {
  return [
    ...DEBIAN_PACKAGES.map((wanted) => ({
      title: `Debian package ${wanted.package}`,
      ensure: () => ensureDebianPackage(wanted),
    })),
    ...[...CRDS, KWOK_STAGES].map((source) => ({
      title: `${source.name} ${source.version}`,
      ensure: () => ensureModuleFiles(source),
    })),
    ...PACKAGE_TYPES.map((source) => ({
      title: `${source.name} ${source.version}`,
      ensure: () => ensurePackageTypes(source),
    })),
    ...programs.map((program) => ({
      title: `${program.name} ${goProgramVersion(program)}`,
      ensure: () => ensureGoProgram(program),
    })),
    { title: CHECKOV, ensure: () => ensurePythonProgram(CHECKOV) },
  ];
}

/** Ends with an error that names every tool that cannot be had: a judge is never left out silently. */
export async function setUp(programs: readonly GoProgram[]): Promise<void> {
  const missing: string[] = [];
  for (const step of steps(programs)) {
    const start = Date.now();
    try {
      if (await step.ensure())
        console.log(`  ${step.title}: ready after ${((Date.now() - start) / 1000).toFixed(1)} s`);
    } catch (error) {
      missing.push(`${step.title}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (missing.length > 0) throw new Error(`Cannot get these tools:\n${missing.join('\n')}`);
}

if (require.main === module) {
  setUp(process.argv.includes('--node') ? [...GO_PROGRAMS, ...NODE_PROGRAMS] : GO_PROGRAMS).then(
    () => console.log(`All tools are under ${cacheFolder('TOOL', 'VERSION')}`),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    },
  );
}
