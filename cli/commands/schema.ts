import { toJSONSchema } from 'zod';
import { environment } from '../../lib/model/schema/environment';
import { system } from '../../lib/model/schema/system';
import type { Session } from '../session';

/** `keelson schema`: what a YAML file may hold, for an editor's completion. */
export function schemaCommand(session: Session, options: { readonly environment?: boolean }): void {
  const schema = toJSONSchema(options.environment ? environment : system, {
    io: 'input',
    unrepresentable: 'any',
    // A format of zod's own, which no editor knows; the pattern beside it says the same.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'starts_with') delete jsonSchema.format;
    },
  });
  const title = options.environment ? 'Keelson environment' : 'Keelson system';
  session.out(JSON.stringify({ title, ...schema }, null, 2));
}
