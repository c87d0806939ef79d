// Runs one operation of the n8n node that HeyGen publishes, as n8n would: parameters with the defaults of its description,
// one item in, its HTTP calls made for it. The addresses in it are fixed, so calls to the vendor go to the server under test.
//   node n8n_node.js PACKAGE_FOLDER SERVER_URL API_KEY PARAMETERS_JSON [BINARY_FILE MIME_TYPE]
"use strict";
const fs = require("fs");
const Module = require("module");
const path = require("path");

class NodeOperationError extends Error {
  constructor(_, message) { super(typeof message === "string" ? message : message.message); }
}
class NodeApiError extends Error {
  constructor(_, cause, more) { super((more && more.message) || cause.message); this.cause = cause; }
}
const load = Module._load;
Module._load = (name, ...rest) => name === "n8n-workflow" ? { NodeOperationError, NodeApiError } : load(name, ...rest);

const [folder, server, key, parametersText, binaryFile, mimeType] = process.argv.slice(2);
const { HeygenNode } = require(path.join(folder, "dist/nodes/Heygen/HeygenNode.node.js"));
const node = new HeygenNode();
const given = JSON.parse(parametersText);

function defaultOf(name) {
  const known = node.description.properties.find((property) => property.name === name);
  return known ? known.default : undefined;
}

function parameter(name, _, otherwise) {
  const [first, ...rest] = name.split(".");
  let value = given[first] !== undefined ? given[first] : defaultOf(first);
  for (const part of rest) value = value === undefined || value === null ? undefined : value[part];
  return value === undefined ? otherwise : value;
}

async function request(options) {
  const url = new URL(options.url.replace(/^https:\/\/(api|api2|upload)\.heygen\.com/, server));
  for (const [name, value] of Object.entries(options.qs || {})) url.searchParams.set(name, String(value));
  const headers = { ...options.headers };
  let body = options.body;
  if (body !== undefined && !(body instanceof FormData) && !Buffer.isBuffer(body)) {
    body = JSON.stringify(body);
    headers["content-type"] = "application/json";
  }
  const answer = await fetch(url, { method: options.method, headers, body });
  if (options.returnFullResponse) {
    return { body: Buffer.from(await answer.arrayBuffer()), headers: Object.fromEntries(answer.headers), statusCode: answer.status };
  }
  const text = await answer.text();
  if (!answer.ok) throw Object.assign(new Error(`${answer.status} ${text}`), { status: answer.status });
  const isJson = (answer.headers.get("content-type") || "").startsWith("application/json");
  return isJson ? JSON.parse(text) : text;
}

const item = { json: {} };
if (binaryFile) {
  item.binary = { data: { data: fs.readFileSync(binaryFile).toString("base64"), fileName: path.basename(binaryFile), mimeType } };
}
const context = {
  getInputData: () => [item],
  getNodeParameter: parameter,
  getNode: () => ({ name: "HeyGen" }),
  getCredentials: async () => ({ apiKey: key }),
  continueOnFail: () => false,
  helpers: {
    httpRequest: request,
    httpRequestWithAuthentication: (_, options) => request(options),
    returnJsonArray: (data) => (Array.isArray(data) ? data : [data]).map((json) => ({ json })),
  },
};
node.execute.call(context).then(
  (out) => process.stdout.write(JSON.stringify(out[0][0].json)),
  (error) => { process.stderr.write(String(error.message)); process.exit(1); });
