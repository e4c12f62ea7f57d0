// The scenario in AWS's SDK for JavaScript, version 3, with its defaults.

import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

// The packages are where the lab installed them, not beside this file.
const require = createRequire(`${process.env.LAB_NODE_MODULES}/`);
const sdk = require("@aws-sdk/client-s3");
const { Upload } = require("@aws-sdk/lib-storage");
const { getSignedUrl } = require("@aws-sdk/s3-request-presigner");

const env = process.env;
const Bucket = env.LAB_BUCKET;
const second = `${Bucket}-second`;
const s3 = new sdk.S3Client({ forcePathStyle: true });

const numbered = (prefix, count) =>
  Array.from({ length: count }, (_, n) => `${prefix}/${String(n).padStart(2, "0")}`);
const metadataWords = { word: "value", "two-words": "A b  c" };
const mediaType = "text/x-lab";
const tagWords = { team: "lab", "two words": "a+b" };

const path = (kind) => `${env.LAB_FILES}/${kind}.bin`;
const data = (kind) => readFileSync(path(kind));
const send = (name, parameters) => s3.send(new sdk[`${name}Command`](parameters));

const put = (Key, kind, rest = {}) => send("PutObject", { Bucket, Key, Body: data(kind), ...rest });
const read = async (Key, rest = {}) => {
  const answer = await send("GetObject", { Bucket, Key, ...rest });
  return Buffer.from(await answer.Body.transformToByteArray());
};

function same(found, expected, what) {
  if (Buffer.isBuffer(found)) {
    if (!found.equals(expected)) {
      throw new Error(`${what}: ${found.length} bytes, expected ${expected.length}`);
    }
    return;
  }
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: ${a}, expected ${b}`);
}

async function putAndRead(key, kind) {
  await put(key, kind);
  same(await read(key), data(kind), "read back");
}

async function refused(action, ...names) {
  try {
    await action();
  } catch (error) {
    if (names.includes(error.name)) return;
    throw error;
  }
  throw new Error("it was not refused");
}

async function allKeys(Prefix, MaxKeys) {
  const keys = [];
  const client = s3;
  for await (const page of sdk.paginateListObjectsV2({ client, pageSize: MaxKeys }, { Bucket, Prefix })) {
    keys.push(...(page.Contents ?? []).map((each) => each.Key));
  }
  return keys;
}

const steps = {
  "create-bucket": async () => {
    await send("CreateBucket", { Bucket: second });
    await send("HeadBucket", { Bucket: second });
  },
  "put-small": () => putAndRead("put/small", "small"),
  "put-empty": () => putAndRead("put/empty", "empty"),
  "put-large": async () => {
    await send("PutObject", {
      Bucket,
      Key: "put/large",
      Body: createReadStream(path("large")),
    });
    same(await read("put/large"), data("large"), "read back");
  },
  "put-multipart": async () => {
    const params = { Bucket, Key: "put/multipart", Body: createReadStream(path("multipart")) };
    await new Upload({ client: s3, params }).done();
    same(await read("put/multipart"), data("multipart"), "read back");
  },
  get: async () => same(await read("seed/small"), data("small"), "read"),
  range: async () =>
    same(
      await read("seed/large", { Range: "bytes=1000-1999" }),
      data("large").subarray(1000, 2000),
      "range",
    ),
  list: async () => same(await allKeys("list/", 10), numbered("list", 25), "listed"),
  "list-folders": async () => {
    const page = await send("ListObjectsV2", { Bucket, Prefix: "tree/", Delimiter: "/" });
    same(page.CommonPrefixes?.map((each) => each.Prefix), ["tree/a/", "tree/b/"], "folders");
    same(page.Contents?.map((each) => each.Key), ["tree/c"], "keys");
  },
  metadata: async () => {
    await put("meta/object", "small", { ContentType: mediaType, Metadata: metadataWords });
    const head = await send("HeadObject", { Bucket, Key: "meta/object" });
    const found = Object.fromEntries(
      Object.keys(metadataWords).map((name) => [name, head.Metadata?.[name]]),
    );
    same(found, metadataWords, "metadata");
    same(head.ContentType, mediaType, "Content-Type");
  },
  copy: async () => {
    await send("CopyObject", { Bucket, Key: "copy/small", CopySource: `${Bucket}/seed/small` });
    same(await read("copy/small"), data("small"), "copy");
  },
  delete: () => send("DeleteObject", { Bucket, Key: "delete/one" }),
  "delete-many": async () => {
    const Objects = numbered("many", 12).map((Key) => ({ Key }));
    same((await send("DeleteObjects", { Bucket, Delete: { Objects } })).Errors ?? [], [], "errors");
  },
  "missing-key": () => refused(() => read("missing/none"), "NoSuchKey"),
  "presign-get": () =>
    getSignedUrl(s3, new sdk.GetObjectCommand({ Bucket, Key: "seed/small" })),
  "presign-put": () =>
    getSignedUrl(s3, new sdk.PutObjectCommand({ Bucket, Key: "presigned/put" })),
  "create-if-absent": async () => {
    await put("condition/new", "small", { IfNoneMatch: "*" });
    await refused(() => put("condition/new", "empty", { IfNoneMatch: "*" }), "PreconditionFailed");
  },
  "replace-if-match": async () => {
    const { ETag } = await send("HeadObject", { Bucket, Key: "condition/old" });
    await put("condition/old", "small", { IfMatch: ETag });
    await refused(() => put("condition/old", "empty", { IfMatch: ETag }), "PreconditionFailed");
  },
  tags: async () => {
    const TagSet = Object.entries(tagWords).map(([Key, Value]) => ({ Key, Value }));
    await send("PutObjectTagging", { Bucket, Key: "seed/small", Tagging: { TagSet } });
    const found = await send("GetObjectTagging", { Bucket, Key: "seed/small" });
    const words = Object.fromEntries(found.TagSet.map(({ Key, Value }) => [Key, Value]));
    same(
      Object.keys(tagWords).map((name) => words[name]),
      Object.values(tagWords),
      "tags",
    );
  },
  key: async (name) => {
    await putAndRead(name, "small");
    same(await allKeys("key/"), [name], "listed");
  },
  "delete-bucket": () => send("DeleteBucket", { Bucket: second }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, argument] = line.split("\t");
  const step = steps[argument ? "key" : name];
  let answer = { outcome: "not offered" };
  if (step) {
    try {
      const url = await step(argument);
      answer = { outcome: "works", ...(typeof url === "string" ? { url } : {}) };
    } catch (error) {
      answer = { outcome: "fails", detail: `${error.name}: ${error.message}` };
    }
  }
  console.log(JSON.stringify(answer));
}
