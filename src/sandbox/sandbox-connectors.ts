import { sandboxCredentials } from "./credentials.ts";
import type { SandboxUrls } from "./start-sandbox.ts";

/** Settings by which the guard's own connectors reach the simulators, one for each channel. */
export function sandboxConnectors(urls: SandboxUrls) {
  return {
    sms: { kind: "esms", url: urls.esms, ...sandboxCredentials.esms },
    zns: { kind: "zns", url: urls.zns, oauthUrl: urls.znsOauth, ...sandboxCredentials.zns },
    viber: { kind: "viber", url: urls.viber, serviceId: String(sandboxCredentials.viber.serviceId) },
    page: { kind: "page-webhook", url: urls.pages, ...sandboxCredentials.pages },
  } as const;
}
