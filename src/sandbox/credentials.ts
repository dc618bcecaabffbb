/**
 * What a processor's settings must hold to talk to the simulators. No secrets: they guard nothing but
 * made-up messages on this machine.
 */
export const sandboxCredentials = {
  esms: { apiKey: "sandbox-api-key", secretKey: "sandbox-secret-key" },
  zns: {
    appId: "1234567890123456789",
    appSecret: "sandbox-app-secret",
    oaId: "9876543210987654321",
    oaSecret: "sandbox-oa-secret",
    refreshToken: "sandbox-refresh-token",
  },
  viber: { serviceId: 4242 },
  infobip: { apiKey: "sandbox-api-key" },
  kannel: { username: "guard", password: "sandbox-password" },
  smpp: { systemId: "guard", password: "sandbox1" },
  // "whsec_" and the base64 of 32 bytes, the form of Standard Webhooks.
  pages: { secret: "whsec_c2FuZGJveC1wYWdlcy1zZWNyZXQtMzItYnl0ZXMtLSE=" },
} as const;
