import { type Category, categories } from "../../src/domain/finding.ts";
import type { ReasonCode } from "../../src/domain/vocabulary.ts";
import type {
  CampaignFacts,
  ContactFacts,
  MessageFacts,
  PermissionFacts,
  ProcessorFacts,
  RecipientFacts,
} from "../../src/rules/facts.ts";
import type { RemedyId } from "../../src/rules/remedy.ts";
import { clean, inOrder, permission, type Question } from "./baseline.ts";

/** Does in the facts what a remedy tells people to do. `code` is that of the refusal it came with. */
export function applied(id: RemedyId, code: ReasonCode, question: Question): Question {
  const { campaign, recipient } = question;
  const ready = inOrder(campaign.channel, campaign.purpose);
  switch (id) {
    case "new_campaign":
      return ofCampaign(question, { cancelled: false });
    case "correct_number":
      return ofRecipient(question, { phone: ready.recipient.phone });
    case "reactivate_customer":
      return ofCampaign(question, { customer: { ...campaign.customer, status: "active" } });
    case "accept_policy":
      return ofCampaign(question, {
        customer: { ...campaign.customer, policy: { ...campaign.customer.policy, accepted: true } },
      });
    case "choose_processor":
      return ofCampaign(question, { processor: ready.campaign.processor });
    case "renew_contract":
      return ofProcessor(question, ({ contract }) => ({
        contract: {
          ...contract,
          validFrom: new Date(campaign.sendMoment.getTime() - 1),
          validUntil: new Date(campaign.sendMoment.getTime() + 1),
        },
      }));
    case "extend_purposes":
      return ofProcessor(question, ({ purposes }) => ({ purposes: [...purposes, campaign.purpose] }));
    case "extend_fields":
      return ofProcessor(question, ({ fields }) => ({ fields: [...fields, ...campaign.fields] }));
    case "remove_fields":
      return ofCampaign(question, { fields: ready.campaign.fields });
    case "file_transfer_dossier":
      return ofProcessor(question, () => ({
        transferDossier: { firstTransferAt: campaign.now, filedAt: campaign.now },
      }));
    case "register_sender":
      return ofCampaign(question, {
        customer: {
          ...campaign.customer,
          senders: [...campaign.customer.senders, { channel: campaign.channel, id: campaign.sender }],
        },
      });
    case "use_brandname":
      return ofCampaign(question, {
        sender: ready.campaign.sender,
        customer: { ...campaign.customer, senders: ready.campaign.customer.senders },
      });
    case "upload_contact":
      return ofRecipient(question, { contact: ready.recipient.contact });
    case "lift_restriction":
      return ofContact(question, { restrictedAt: null });
    case "withdraw_objection":
      return ofContact(question, { objectedAt: null });
    case "add_guardian_consent":
      return ofContact(question, { guardianConsented: true });
    case "wait_until_adult":
      return recipient.contact?.adultAt === null || recipient.contact === null
        ? question
        : ofCampaign(question, { sendMoment: recipient.contact.adultAt });
    case "declare_advertising":
      return ofCampaign(ofMessage(question, campaign.channel === "zns" ? { tag: 3 } : {}), {
        purpose: "advertising",
      });
    case "use_promotion_tag":
      return ofMessage(question, { tag: 3 });
    case "remove_promotion":
    case "remove_forbidden":
    case "shorten_message":
      return ofMessage(question, { text: ready.recipient.message.text, tag: ready.recipient.message.tag });
    case "remove_findings": {
      const removed = categoriesOf(code);
      const kept = recipient.message.scan.findings.filter(
        ({ category }) => category === null || !removed.includes(category),
      );
      return ofMessage(question, { scan: { ...clean, findings: kept } });
    }
    case "lift_refusal":
      return ofRecipient(question, { refusals: [] });
    case "leave_do_not_call":
      return ofRecipient(question, { listed: false });
    case "load_do_not_call":
      return ofCampaign(question, { doNotCall: { snapshotAt: campaign.now } });
    case "collect_consent":
      return ofPermission(question, () => permission(campaign.channel, campaign.purpose));
    case "declare_basis":
      return ofPermission(question, () =>
        permission(campaign.channel, campaign.purpose, { basis: "contract" }),
      );
    case "complete_scope":
      return ofPermission(question, (own) => ({
        ...own,
        contentClass: "banh mi",
        frequency: { max: 4, per: "month" },
      }));
    case "add_evidence":
      return ofPermission(question, (own) => ({
        ...own,
        method: "paper_form",
        collectedAt: campaign.now,
        evidenceCount: 1,
        hasNotice: true,
      }));
    case "add_label":
      return ofMessage(question, {
        text: `${campaign.purpose === "registration" ? "DKQC" : "[QC]"} ${recipient.message.text}`,
      });
    case "add_opt_out_text":
      return ofMessage(question, { text: `${recipient.message.text}. Tu choi: soan TC gui 199` });
    case "wait_for_cap":
      return later(question, 32);
    case "wait_for_hours":
      return later(question, 0);
    case "declare_country":
      // The country of the number, so that both agree.
      return ofRecipient(question, {
        contact: {
          ...(recipient.contact ?? adult),
          country: recipient.phone.ok ? null : "VN",
        },
      });
  }
}

const adult: ContactFacts = {
  country: null,
  restrictedAt: null,
  erasedAt: null,
  objectedAt: null,
  adultAt: null,
  guardianConsented: false,
};

export function at(question: Question, sendMoment: Date): Question {
  return ofCampaign(question, { sendMoment });
}

function later(question: Question, days: number): Question {
  return at(question, new Date(question.campaign.sendMoment.getTime() + days * 86_400_000));
}

function categoriesOf(code: ReasonCode): readonly Category[] {
  if (code === "card_number") return ["card"];
  if (code === "national_id") return ["national_id"];
  if (code === "child_data") return ["child"];
  return categories.filter((category) => !["card", "national_id", "child"].includes(category));
}

function ofCampaign(question: Question, change: Partial<CampaignFacts>): Question {
  return { ...question, campaign: { ...question.campaign, ...change } };
}

function ofRecipient(question: Question, change: Partial<RecipientFacts>): Question {
  return { ...question, recipient: { ...question.recipient, ...change } };
}

function ofProcessor(
  question: Question,
  change: (from: ProcessorFacts) => Partial<ProcessorFacts>,
): Question {
  const { processor } = question.campaign;
  return processor === null
    ? question
    : ofCampaign(question, { processor: { ...processor, ...change(processor) } });
}

function ofContact(question: Question, change: Partial<ContactFacts>): Question {
  const { contact } = question.recipient;
  return contact === null ? question : ofRecipient(question, { contact: { ...contact, ...change } });
}

function ofMessage(question: Question, change: Partial<MessageFacts>): Question {
  const message = { ...question.recipient.message, ...change };
  return ofRecipient(ofCampaign(question, { template: message }), { message });
}

function ofPermission(question: Question, change: (own: PermissionFacts) => PermissionFacts): Question {
  const { campaign, recipient } = question;
  const own = recipient.permissions.find(
    ({ channel, purpose }) => channel === campaign.channel && purpose === campaign.purpose,
  );
  const others = recipient.permissions.filter((other) => other !== own);
  return ofRecipient(question, {
    permissions: [...others, change(own ?? permission(campaign.channel, campaign.purpose))],
  });
}
