import { advertisingDeclared } from "./advertising-declared.ts";
import { campaignCancelled } from "./campaign-cancelled.ts";
import { cardNumber } from "./card-number.ts";
import { childData } from "./child-data.ts";
import { consentScope } from "./consent-scope.ts";
import { contactKnown } from "./contact-known.ts";
import { customerActive } from "./customer-active.ts";
import { doNotCall } from "./do-not-call.ts";
import { doNotCallAge } from "./do-not-call-age.ts";
import { erasure } from "./erasure.ts";
import { evidence } from "./evidence.ts";
import { forbiddenContent } from "./forbidden-content.ts";
import { frequency } from "./frequency.ts";
import { label } from "./label.ts";
import { lawfulBasis } from "./lawful-basis.ts";
import { messageLength } from "./message-length.ts";
import { minor } from "./minor.ts";
import { nationalId } from "./national-id.ts";
import { numberValid } from "./number-valid.ts";
import { objection } from "./objection.ts";
import { optOut } from "./opt-out.ts";
import { optOutText } from "./opt-out-text.ts";
import { policyAccepted } from "./policy-accepted.ts";
import { processorContract } from "./processor-contract.ts";
import { processorFields } from "./processor-fields.ts";
import { processorKnown } from "./processor-known.ts";
import { processorPurpose } from "./processor-purpose.ts";
import { quietHours } from "./quiet-hours.ts";
import { registrationOnce } from "./registration-once.ts";
import { restriction } from "./restriction.ts";
import type { Rule } from "./rule.ts";
import { senderRegistered } from "./sender-registered.ts";
import { sensitiveContent } from "./sensitive-content.ts";
import { thirdPartyMarketing } from "./third-party-marketing.ts";
import { transferDossier } from "./transfer-dossier.ts";

/** The policy at a glance: the order in which a message is judged. Of equal verdicts the first one speaks. */
export const rules: readonly Rule[] = [
  campaignCancelled,
  numberValid,
  // Whether anything may be sent by this customer through this processor
  customerActive,
  policyAccepted,
  thirdPartyMarketing,
  processorKnown,
  processorContract,
  processorPurpose,
  processorFields,
  transferDossier,
  senderRegistered,
  // Whether this person may be written to at all
  contactKnown,
  erasure,
  restriction,
  objection,
  minor,
  // What the text is, whatever it is declared as
  advertisingDeclared,
  cardNumber,
  nationalId,
  childData,
  sensitiveContent,
  forbiddenContent,
  // What the person, the list and the record say
  optOut,
  doNotCall,
  doNotCallAge,
  lawfulBasis,
  consentScope,
  evidence,
  registrationOnce,
  // What advertising must look like
  label,
  optOutText,
  messageLength,
  // How often and when; these only delay
  frequency,
  quietHours,
];
