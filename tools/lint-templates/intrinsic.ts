import * as z from 'zod';

const callSchema = z.union([
  z.object({ Ref: z.string() }),
  z.record(z.templateLiteral(['Fn::', z.string()]), z.unknown()),
]);

/** The function of CloudFormation that a value calls, such as `Ref` or `Fn::Sub`. */
export function intrinsicOf(value: unknown): string | undefined {
  const [name, ...others] = Object.keys(callSchema.safeParse(value).data ?? {});
  return others.length === 0 ? name : undefined;
}

const referenceSchema = z.union([
  z.strictObject({ Ref: z.string() }).transform(({ Ref }) => ({ id: Ref })),
  z
    .strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) })
    .transform(({ 'Fn::GetAtt': [id, attribute] }) => ({ id, attribute })),
]);

/** The resource that a value is an id or an attribute of. */
export function referenceOf(value: unknown): { readonly id: string; readonly attribute?: string } | undefined {
  return referenceSchema.safeParse(value).data;
}
