/**
 * How people refuse by message in Viet Nam and elsewhere. All in the plain form of `plainText`: no marks, upper case,
 * single spaces. Sources: carriers' practice (TC to 199, HUY to 9000), the in-message forms that Decree 91
 * Art. 16 leads to, 47 CFR 64.1200(a)(10), and the do-not-call commands of Circular 22/2021 Art. 6.
 */
export const optOutLexicon = {
  /** A refusal where it is the whole message; some (HUY, TC) are names or abbreviations anywhere else. */
  wholeMessage: [
    "TC",
    "TC QC",
    "TCQC",
    "TC1",
    "TC2",
    "TC3",
    "TUCHOI",
    "TU CHOI",
    "TU CHOI QC",
    "TUCHOI QC",
    "HUY",
    "HUY QC",
    "HUYQC",
    "HUY DK",
    "HUYDK",
    "HUY DANG KY",
    "NGUNG",
    "NGUNG QC",
    "NGUNG GUI",
    "DUNG GUI",
    "DUNG GUI NUA",
    "DUNG NHAN TIN",
    "DUNG NHAN NUA",
    "THOI DUNG GUI",
    "KHONG NHAN",
    "KHONG NHAN QC",
    "KHONG NHAN TIN",
    "KO NHAN",
    "KO NHAN QC",
    "STOP",
    "STOPALL",
    "STOP ALL",
    "UNSUB",
    "UNSUBSCRIBE",
    "QUIT",
    "END",
    "REVOKE",
    "OPT OUT",
    "OPTOUT",
    "CANCEL",
    "DK DNC",
    "DK DNC S",
    "DK DNC V",
  ],
  /**
   * Alone they may mean stop or something else entirely. DUNG is "stop", "right", "use" and a name once the
   * marks are gone; with its marks only the first is a refusal.
   */
  doubtfulAlone: ["DUNG", "THOI", "KHONG", "KO", "NO", "SPAM"],
  /** Leaving the national do-not-call list opens nothing to any advertiser, and refuses nothing either. */
  neither: ["HUY DNC", "HUY DNC S", "HUY DNC V"],
  help: ["HELP", "INFO", "TRO GIUP", "TROGIUP", "HD", "HUONG DAN", "HO TRO"],
} as const;

const stopVerb = "(?:DUNG|NGUNG|NGHI|KHOI|CHAM DUT)";
const no = "(?:KHONG|KO|KHG|HONG|CHANG)";
const things = "(?:TIN|TN|QC|QUANG CAO|THONG BAO|SMS|NUA|THEM)";
// What may rightly be not sent or not received without any refusal: goods, orders, money, codes.
const business = "(?: (?:DUOC|HANG|DON|TIEN|QUA|MA|OTP|HO SO|GIAY|LAI))";

/** Refusals in whole sentences; a keyword is never required. */
export const optOutSentences: readonly RegExp[] = [
  new RegExp(
    `\\b${stopVerb} (?:CO )?(?:GUI|NHAN|SPAM|QUANG CAO|LAM PHIEN|QUAY ROI|GOI|NT)\\b(?!${business})`,
  ),
  new RegExp(
    `\\b${no} (?:CO )?(?:MUON|CAN|THICH|DONG Y|NHU CAU) (?:BI )?(?:NHAN|GUI|XEM|DOC) (?:\\w+ )?${things}\\b`,
  ),
  new RegExp(`\\b${no} (?:MUON|CAN|THICH) (?:BI )?(?:QUANG CAO|LAM PHIEN|QUAY ROI|SPAM)\\b`),
  new RegExp(`\\b${no} NHAN ${things}\\b(?!${business})(?! NHAN DUOC)`),
  new RegExp(`\\b${no} (?:GUI|NHAN) (?:\\w+ ){0,3}NUA\\b`),
  /\bTU CHOI (?:NHAN|QC|QUANG CAO|TIN|TN)\b/,
  /\bHUY (?:DANG KY|DK|NHAN|TIN|QC|QUANG CAO|THEO DOI)\b/,
  /\b(?:XOA|BO) (?:SO|SDT|TEN) (?:DIEN THOAI )?(?:CUA )?(?:TOI|MINH|EM|ANH|CHI|TAO)\b/,
  /\b(?:NHAM|SAI) SO\b/,
  /\bBOT LAM PHIEN\b/,
  /^(?:PLEASE |PLS )?(?:STOP|QUIT|UNSUBSCRIBE|UNSUB|OPT OUT)(?: (?:PLEASE|PLS|NOW|ALL|IT|SMS|MSG|ADS|THIS|ME|QC))*$/,
  /\b(?:DO NOT|DONT|DON T|NEVER|STOP) (?:EVER )?(?:TEXT|SEND|MESSAGE|CONTACT|CALL|SMS|SPAM|BOTHER)(?:ING)?\b/,
  /\b(?:REMOVE|UNSUBSCRIBE) (?:ME|MY NUMBER)\b/,
  /\bTAKE ME OFF\b/,
  /\bOPT (?:ME )?OUT\b/,
  /\bLEAVE ME ALONE\b/,
  /\bWRONG NUMBER\b/,
  /\bNO MORE (?:TEXTS?|MESSAGES?|ADS?|SMS)\b/,
  /\b(?:DO NOT|DONT|DON T) WANT (?:ANY )?(?:MORE )?(?:OF )?(?:THESE |YOUR )?(?:TEXTS?|MESSAGES?|ADS?|SMS|PROMO\w*)\b/,
];

/** Says that every kind of message is refused, not only advertising. */
export const everything = /\b(?:TAT CA|TOAN BO|MOI TIN|ALL MESSAGES|ALL TEXTS|STOP ?ALL)\b/;
