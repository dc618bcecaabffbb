import { formatVerifierKey } from "../ledger/note-key.ts";
import { campaignRecipients, cancelCampaign, getCampaign } from "./campaign-views.ts";
import { endCategoryAgreement, listCategoryAgreements, putCategoryAgreement } from "./category-agreements.ts";
import { doNotCall, replaceDoNotCall } from "./do-not-call.ts";
import { eraseSubscribers } from "./erasures.ts";
import { exportConsentRecords } from "./export-consent-records.ts";
import type { Guard } from "./guard.ts";
import { cancelImport, getImport, importErrors, startImport, watchImport } from "./imports.ts";
import { lookUpSubscriber } from "./look-up-subscriber.ts";
import { previewPage, publishPage } from "./pages.ts";
import { createPlatformKey, listPlatformKeys, revokePlatformKey } from "./platform-keys.ts";
import { previewCampaign } from "./preview-campaign.ts";
import { listProcessors, putProcessor } from "./processors.ts";
import { readiness } from "./readiness.ts";
import { receive } from "./receive.ts";
import { recordConsents } from "./record-consents.ts";
import { recordContacts } from "./record-contacts.ts";
import { recordEvidence } from "./record-evidence.ts";
import { addReviewEvidence, decideReview, listReviews } from "./reviews.ts";
import { scanContent } from "./scan-content.ts";
import { ledgerCheckpoint, ledgerTile } from "./serve-ledger.ts";
import {
  acceptPolicy,
  authenticate,
  changeCustomer,
  createCustomer,
  createKey,
  currentPolicy,
  policyText,
  publishPolicy,
  revokeKey,
} from "./set-up.ts";
import { searchSharingLog, sharingLogProof } from "./sharing-log.ts";
import { exportSharingLog } from "./sharing-log-export.ts";
import { sharingLogReceipt } from "./sharing-receipt.ts";
import { submitCampaign } from "./submit-campaign.ts";
import {
  changeWebhookEndpoint,
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  listWebhookDeliveries,
  listWebhookEndpoints,
  resendWebhook,
  rotateWebhookSecret,
} from "./webhook-endpoints.ts";
import { getWithdrawal, withdraw } from "./withdraw.ts";
import type { World } from "./world.ts";

/** All use cases in one world. */
export function guardOf(world: World): Guard {
  return {
    createCustomer: (caller, input) => createCustomer(world, caller, input),
    changeCustomer: (caller, id, input) => changeCustomer(world, caller, id, input),
    createKey: (caller, id, input) => createKey(world, caller, id, input),
    revokeKey: (caller, id, keyId) => revokeKey(world, caller, id, keyId),
    listCategoryAgreements: (id) => listCategoryAgreements(world, id),
    putCategoryAgreement: (caller, id, category, input) =>
      putCategoryAgreement(world, caller, id, category, input),
    endCategoryAgreement: (caller, id, category) => endCategoryAgreement(world, caller, id, category),
    listPlatformKeys: () => listPlatformKeys(world),
    createPlatformKey: (input) => createPlatformKey(world, input),
    revokePlatformKey: (caller, keyId) => revokePlatformKey(world, caller, keyId),
    authenticate: (secret, requestId) => authenticate(world, secret, requestId),
    currentPolicy: () => currentPolicy(world),
    policyText: (version) => policyText(world, version),
    publishPolicy: (caller, input) => publishPolicy(world, caller, input),
    acceptPolicy: (caller, input) => acceptPolicy(world, caller, input),
    putProcessor: (caller, id, input) => putProcessor(world, caller, id, input),
    listProcessors: (caller, page) => listProcessors(world, caller, page),
    replaceDoNotCall: (caller, at, upload) => replaceDoNotCall(world, caller, at, upload),
    doNotCall: () => doNotCall(world),
    recordContacts: (caller, input) => recordContacts(world, caller, input),
    startImport: (caller, input) => startImport(world, caller, input),
    getImport: (caller, id) => getImport(world, caller, id),
    cancelImport: (caller, id) => cancelImport(world, caller, id),
    watchImport: (caller, id, signal) => watchImport(world, caller, id, signal),
    importErrors: (caller, id) => importErrors(world, caller, id),
    recordEvidence: (caller, file) => recordEvidence(world, caller, file),
    recordConsents: (caller, input) => recordConsents(world, caller, input),
    withdraw: (caller, input) => withdraw(world, caller, input),
    getWithdrawal: (caller, id) => getWithdrawal(world, caller, id),
    eraseSubscribers: (caller, input) => eraseSubscribers(world, caller, input),
    lookUpSubscriber: (caller, input) => lookUpSubscriber(world, caller, input),
    exportConsentRecords: (caller, input) => exportConsentRecords(world, caller, input),
    previewCampaign: (caller, input, options) => previewCampaign(world, caller, input, options),
    submitCampaign: (caller, input) => submitCampaign(world, caller, input),
    getCampaign: (caller, id) => getCampaign(world, caller, id),
    campaignRecipients: (caller, id, filter, page) => campaignRecipients(world, caller, id, filter, page),
    cancelCampaign: (caller, id) => cancelCampaign(world, caller, id),
    scanContent: (_caller, input) => Promise.resolve(scanContent(world, input)),
    previewPage: (caller, input) => previewPage(world, caller, input),
    publishPage: (caller, input) => publishPage(world, caller, input),
    listReviews: (caller, page) => listReviews(world, caller, page),
    addReviewEvidence: (caller, id, input) => addReviewEvidence(world, caller, id, input),
    decideReview: (caller, id, input) => decideReview(world, caller, id, input),
    searchSharingLog: (caller, input, reason) => searchSharingLog(world, caller, input, reason),
    exportSharingLog: (caller, input, reason, form) => exportSharingLog(world, caller, input, reason, form),
    sharingLogReceipt: (caller, index, reason) => sharingLogReceipt(world, caller, index, reason),
    sharingLogProof: (caller, index) => sharingLogProof(world, caller, index),
    ledgerCheckpoint: () => ledgerCheckpoint(world),
    ledgerVerifierKey: () => formatVerifierKey(world.ledger.signer.verifier),
    ledgerTile: (path) => ledgerTile(world, path),
    createWebhookEndpoint: (caller, input) => createWebhookEndpoint(world, caller, input),
    listWebhookEndpoints: (caller, page) => listWebhookEndpoints(world, caller, page),
    changeWebhookEndpoint: (caller, id, input) => changeWebhookEndpoint(world, caller, id, input),
    deleteWebhookEndpoint: (caller, id) => deleteWebhookEndpoint(world, caller, id),
    rotateWebhookSecret: (caller, id) => rotateWebhookSecret(world, caller, id),
    listWebhookDeliveries: (caller, id, state, page) => listWebhookDeliveries(world, caller, id, state, page),
    resendWebhook: (caller, id, deliveryId) => resendWebhook(world, caller, id, deliveryId),
    receive: (processorId, request) => receive(world, processorId, request),
    readiness: () => readiness(world),
  };
}
