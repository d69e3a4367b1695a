import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseSync, type TsInterfaceDeclaration, type TsType, type TsTypeElement } from '@swc/core';
import { stringify } from 'yaml';
import { cacheFolder, fillCache, isCached } from './cache';
import { must } from './command';
import { scratchFolder } from './scratch';

/**
 * Custom resources whose definitions no registry has, but an npm package has the types that were generated from them:
 * fields, which of them are required, the values of enumerations. Patterns, bounds and CEL rules are lost on the way.
 */
export interface PackageTypes {
  name: string;
  package: string;
  version: string;
  /** As package-lock.json would hold it. */
  integrity: string;
  /** What the types were generated from, for the report. */
  origin: string;
  group: string;
  apiVersion: string;
  /** Kinds outside namespaces. */
  clusterScoped: readonly string[];
}

export const PACKAGE_TYPES: readonly PackageTypes[] = [
  {
    name: 'cloudnative-pg-crds',
    package: '@kubernetes-models/cloudnative-pg',
    version: '1.0.0',
    integrity: 'sha512-CZckCP7g0C/pqKPwFAdbXLV3YuNjarKg+D7vb/o+gHJOfwEqYCEUCKieWuusV85/M0SCgqUBgbTCVN9FV9SIgg==',
    origin: 'CloudNativePG 1.29.0, by the types that @kubernetes-models/cloudnative-pg 1.0.0 has of it',
    group: 'postgresql.cnpg.io',
    apiVersion: 'v1',
    clusterScoped: ['ClusterImageCatalog'],
  },
];

export function packageTypesFolder({ name, version }: PackageTypes): string {
  return cacheFolder(name, version);
}

/** Writes one definition per kind into the cache. */
export async function ensurePackageTypes(source: PackageTypes): Promise<boolean> {
  if (isCached(source.name, source.version)) return false;
  const folder = await unpack(source);
  const types = join(folder, 'package', source.group, source.apiVersion);
  const files = readdirSync(types).filter((file) => file.endsWith('.d.ts') && file !== 'index.d.ts');
  await fillCache(source.name, source.version, (target) => {
    for (const file of files.sort()) {
      const kind = basename(file, '.d.ts');
      const definition = definitionOf(source, kind, readFileSync(join(types, file), 'utf8'));
      writeFileSync(join(target, `${kind.toLowerCase()}.yaml`), stringify(definition));
    }
  });
  return true;
}

async function unpack(source: PackageTypes): Promise<string> {
  const folder = scratchFolder('package');
  const wanted = `${source.package}@${source.version}`;
  const packed = JSON.parse(await must('npm', ['pack', '--json', wanted], { cwd: folder, timeoutSeconds: 300 }));
  const [{ filename, integrity }] = packed as [{ filename: string; integrity: string }];
  if (integrity !== source.integrity)
    throw new Error(`${wanted} has the hash ${integrity}, pinned is ${source.integrity}`);
  await must('tar', ['--extract', '--gzip', '--file', filename], { cwd: folder });
  return folder;
}

type Schema = Record<string, unknown>;

/** The CustomResourceDefinition of a kind, from the interface that the package declares for it. */
export function definitionOf(source: PackageTypes, kind: string, text: string): unknown {
  const singular = kind.toLowerCase();
  const names = { kind, listKind: `${kind}List`, plural: `${singular}s`, singular };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${source.group}` },
    spec: {
      group: source.group,
      names,
      scope: source.clusterScoped.includes(kind) ? 'Cluster' : 'Namespaced',
      versions: [
        {
          name: source.apiVersion,
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { ...objectOf(interfaceOf(text, `I${kind}`).body.body), description: source.origin },
          },
          subresources: { status: {} },
        },
      ],
    },
  };
}

function interfaceOf(text: string, name: string): TsInterfaceDeclaration {
  for (const item of parseSync(text, { syntax: 'typescript' }).body) {
    if (item.type !== 'ExportDeclaration' || item.declaration.type !== 'TsInterfaceDeclaration') continue;
    if (item.declaration.id.value === name) return item.declaration;
  }
  throw new Error(`The package declares no ${name}`);
}

function objectOf(members: readonly TsTypeElement[]): Schema {
  if (members.length === 0) return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const index = members.find((member) => member.type === 'TsIndexSignature');
  if (index?.type === 'TsIndexSignature' && index.typeAnnotation)
    return { type: 'object', additionalProperties: schemaOf(index.typeAnnotation.typeAnnotation) };
  const properties = members.map(propertyOf);
  const required = properties.filter(({ optional }) => !optional).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(properties.map(({ name, schema }) => [name, schema])),
    ...(required.length > 0 && { required }),
  };
}

function propertyOf(member: TsTypeElement): { name: string; optional: boolean; schema: Schema } {
  if (member.type !== 'TsPropertySignature' || member.key.type !== 'StringLiteral' || !member.typeAnnotation)
    throw new Error(`The package's types hold a ${member.type}, which no definition has`);
  const { key, optional, typeAnnotation } = member;
  return { name: key.value, optional, schema: schemaOf(typeAnnotation.typeAnnotation) };
}

function schemaOf(type: TsType): Schema {
  switch (type.type) {
    case 'TsKeywordType':
      return { type: type.kind };
    case 'TsTypeLiteral':
      return objectOf(type.members);
    case 'TsTypeReference':
      return referenced(type.typeName.type === 'Identifier' ? type.typeName.value : '', type.typeParams?.params ?? []);
    case 'TsLiteralType':
    case 'TsUnionType':
      return choiceOf(type.type === 'TsUnionType' ? type.types : [type]);
    default:
      throw new Error(`The package's types hold a ${type.type}, which no definition has`);
  }
}

/** `metadata` is the server's own business; every other reference is an Array. */
function referenced(name: string, parameters: readonly TsType[]): Schema {
  if (name === 'IObjectMeta') return { type: 'object' };
  const [items] = parameters;
  if (name !== 'Array' || items === undefined) throw new Error(`The package's types name ${name}, which is not known`);
  return { type: 'array', items: schemaOf(items) };
}

/** Either the values of an enumeration, or a quantity, which is a number or a text. */
function choiceOf(types: readonly TsType[]): Schema {
  const values = types.flatMap((type) =>
    type.type === 'TsLiteralType' && type.literal.type === 'StringLiteral' ? [type.literal.value] : [],
  );
  return values.length === types.length ? { type: 'string', enum: values } : { 'x-kubernetes-int-or-string': true };
}
