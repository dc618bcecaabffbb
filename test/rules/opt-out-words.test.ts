import { expect, test } from "vitest";
import { plainText, readOptOut } from "../../src/rules/words/opt-out-words.ts";

test.each([
  // The published whole-message set.
  ..."TC,TC QC,TCQC,TUCHOI,TU CHOI,TU CHOI QC,HUY,HUY QC,HUYQC,HUY DK,HUYDK,NGUNG,NGUNG QC,DUNG GUI,DUNG NHAN TIN,KHONG NHAN,KHONG NHAN QC,KO NHAN,STOP,UNSUB".split(
    ",",
  ),
  // With marks, in both spellings of the tone.
  ..."Từ chối,Từ chối QC,Hủy,Huỷ,Hủy đăng ký,Huỷ đăng ký,Ngừng gửi,Dừng gửi,Không nhận,Không nhận tin,Đừng gửi nữa,Đừng nhắn nữa,Thôi đừng gửi,Dừng".split(
    ",",
  ),
  // 47 CFR 64.1200(a)(10) and its spirit.
  ..."STOP,QUIT,END,REVOKE,OPT OUT,CANCEL,UNSUBSCRIBE,STOPALL,OPTOUT,OPT-OUT".split(","),
  "do not text me",
  "Don't text me again",
  "remove me",
  "leave me alone",
  "Wrong number!",
  "please stop",
  "stop sending me this",
  "No more ads",
  // The do-not-call command, sent to the wrong number.
  "DK DNC",
  "DK_DNC_S",
  // Forms and noise.
  "tc",
  " Tc. ",
  "t\u0075\u031b\u0300 ch\u00f4\u0301i",
  "TC1",
  "đừng nhắn nữa",
  "dung nhan nua",
  "Làm ơn đừng gửi tin cho tôi nữa",
  "lam on dung gui tin nhan cho toi",
  "Tôi không muốn nhận tin quảng cáo",
  "toi khong muon nhan qc nua",
  "ko nhan tin quang cao nua nhe",
  "xin đừng làm phiền",
  "Anh muốn huỷ nhận tin",
  "xoa so cua toi di",
  "nham so roi ban oi",
  "Từ chối quảng cáo của shop",
])("%s refuses advertising", (text) => {
  expect(readOptOut(text)).toEqual({ kind: "opt_out", scope: expect.any(String) });
});

test.each([
  "HUY DNC",
  "HUY DNC S",
  "Huy dnc v",
  "HUY_DNC",
  "đúng",
  "Đúng rồi",
  "dùng",
  "Dũng",
  "Em là Dũng, gọi lại giúp em",
  "Huy ơi mai gặp nhé",
  "Chào Huy",
  "huy hoàng",
  "anh Huy oi goi lai cho em",
  "Toi ten la Huy",
  "Tôi không nhận được mã OTP",
  "toi khong nhan duoc tin",
  "khong nhan duoc hang",
  "Sao shop chưa gửi hàng",
  "đúng gửi hàng rồi",
  "Hủy đơn hàng giúp em",
  "huy don hang a1",
  "Where is the bus stop",
  "please do not stop",
  "cancel my order",
  "OK",
  "Cho hỏi giá sản phẩm",
  "",
  "!!!",
  "😀",
])("%s refuses nothing", (text) => {
  expect(readOptOut(text).kind).toBe("none");
});

test.each(["DUNG", "dung.", "THOI", "KHONG", "không", "no", "HUY HOANG", "TC ABC", "spam"])(
  "%s may be a refusal: advertising stops and a person looks",
  (text) => {
    expect(readOptOut(text)).toEqual({ kind: "unclear", scope: "advertising" });
  },
);

test.each(["HELP", "trợ giúp", "HD", "Hướng dẫn"])("%s asks for help", (text) => {
  expect(readOptOut(text).kind).toBe("help");
});

test.each([
  ["TC", "advertising"],
  ["STOP ALL", "channel"],
  ["Từ chối nhận tất cả tin nhắn", "channel"],
])("%s takes %s", (text, scope) => {
  expect(readOptOut(text)).toEqual({ kind: "opt_out", scope });
});

test("đ is mapped by hand, and both tone spellings are one", () => {
  expect(plainText("Đừng nhắn, đấy!")).toBe("DUNG NHAN DAY");
  expect(plainText("Huỷ")).toBe(plainText("Hủy"));
});

test("a text of any length is read in bounded time", () => {
  const started = performance.now();
  readOptOut("KHONG MUON ".repeat(200_000));
  readOptOut(`${"a ".repeat(499)}dung gui`);
  expect(performance.now() - started).toBeLessThan(1_000);
});
