import { expect, test } from "vitest";
import { parseRedisAddress } from "../../src/queue/redis-address.ts";

const plain = { username: null, password: null, database: 0, masterName: null };

test.each([
  ["redis://127.0.0.1", { ...plain, kind: "single", tls: false, nodes: [{ host: "127.0.0.1", port: 6379 }] }],
  [
    "rediss://user:p%40ss@redis.example:7000/3",
    {
      kind: "single",
      tls: true,
      username: "user",
      password: "p@ss",
      database: 3,
      nodes: [{ host: "redis.example", port: 7000 }],
    },
  ],
  [
    "redis://a:1, redis://b:2,redis://[::1]:3",
    {
      ...plain,
      kind: "cluster",
      nodes: [
        { host: "a", port: 1 },
        { host: "b", port: 2 },
        { host: "::1", port: 3 },
      ],
    },
  ],
  [
    "redis+sentinel://:secret@s1:26380,s2/guard/2?sentinelPassword=other",
    {
      kind: "sentinel",
      tls: false,
      username: null,
      password: "secret",
      database: 2,
      masterName: "guard",
      sentinelUsername: null,
      sentinelPassword: "other",
      nodes: [
        { host: "s1", port: 26380 },
        { host: "s2", port: 26379 },
      ],
    },
  ],
  ["rediss+sentinel://s1/guard", { kind: "sentinel", tls: true, masterName: "guard" }],
])("%s is understood", (text, expected) => {
  expect(parseRedisAddress(text)).toMatchObject(expected);
});

test.each([
  "",
  "http://redis",
  "redis://",
  "redis://host/none",
  "redis://a:1,http://b",
  "redis://a:1,",
  "redis+sentinel://s1:26379",
  "redis+sentinel://s1,/guard",
  "redis+sentinel://s1/gu ard",
  "redis+sentinel://s1/guard/0/1",
  "redis://a,redis+sentinel://s1/guard",
  "redis://%zz@host",
])("%j is refused", (text) => {
  expect(parseRedisAddress(text)).toBeNull();
});
