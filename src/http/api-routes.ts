import type { Guard } from "../guard/guard.ts";
import type { Validators } from "../schema/validate.ts";
import type { Route } from "./route.ts";
import { campaignRoutes } from "./routes/campaigns.ts";
import { consentRoutes } from "./routes/consents.ts";
import { contactImportRoutes } from "./routes/contact-imports.ts";
import { contactRoutes } from "./routes/contacts.ts";
import { contentRoutes } from "./routes/content.ts";
import { customerRoutes } from "./routes/customers.ts";
import { doNotCallRoutes } from "./routes/do-not-call.ts";
import { erasureRoutes } from "./routes/erasure.ts";
import { evidenceRoutes } from "./routes/evidence.ts";
import { landingPageRoutes } from "./routes/landing-pages.ts";
import { platformKeyRoutes } from "./routes/platform-keys.ts";
import { policyRoutes } from "./routes/policy.ts";
import { processorRoutes } from "./routes/processors.ts";
import { reviewRoutes } from "./routes/reviews.ts";
import { sharingLogRoutes } from "./routes/sharing-log.ts";
import { webhookRoutes } from "./routes/webhooks.ts";

/** Every operation that needs a key: the API at a glance. */
export function apiRoutes(guard: Guard, validators: Validators): readonly Route[] {
  return [
    // Express tries the paths one after the other: what is asked most stands first.
    ...campaignRoutes(guard),
    ...contentRoutes(guard),
    ...landingPageRoutes(guard),
    ...customerRoutes(guard),
    ...platformKeyRoutes(guard),
    ...policyRoutes(guard),
    ...processorRoutes(guard),
    ...doNotCallRoutes(guard),
    ...contactRoutes(guard),
    ...contactImportRoutes(guard, validators),
    ...evidenceRoutes(guard),
    ...consentRoutes(guard),
    ...erasureRoutes(guard),
    ...sharingLogRoutes(guard),
    ...reviewRoutes(guard),
    ...webhookRoutes(guard),
  ];
}
