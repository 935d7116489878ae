import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';

/** Members that SNS sends as entries with a key or name, instead of as nested members. */
const maps: Readonly<Record<string, readonly [key: string, value: string]>> = {
  Attributes: ['key', 'value'],
  MessageAttributes: ['Name', 'Value'],
};

/** The input of an action as the Query protocol writes it: `Tags.member.1.Key=a`. */
export function queryForm(action: string, version: string, input: JsonObject): URLSearchParams {
  const form = new URLSearchParams({ Action: action, Version: version });
  for (const [name, value] of Object.entries(input)) append(form, name, value, maps[name]);
  return form;
}

function append(
  form: URLSearchParams,
  name: string,
  value: JsonValue,
  entry?: readonly [key: string, value: string],
): void {
  if (value === null) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) append(form, `${name}.member.${index + 1}`, item);
    return;
  }
  if (!isJsonObject(value)) {
    form.append(name, String(value));
    return;
  }
  for (const [index, [key, member]] of Object.entries(value).entries()) {
    if (entry === undefined) append(form, `${name}.${key}`, member);
    else {
      form.append(`${name}.entry.${index + 1}.${entry[0]}`, key);
      append(form, `${name}.entry.${index + 1}.${entry[1]}`, member);
    }
  }
}
