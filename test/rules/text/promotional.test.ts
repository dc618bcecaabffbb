import { describe, expect, test } from "vitest";
import { isPromotionalText } from "../../../src/rules/text/promotional.ts";

describe("an offer is found", () => {
  test.each([
    "Giảm giá đến 50% toàn bộ cửa hàng",
    "Giam gia den 50% toan bo cua hang",
    "GIAM 30% cho don tu 200k",
    "Mua 1 tặng 1 hôm nay",
    "mua 1 tang 1 hom nay",
    "Ưu đãi đặc biệt dành riêng cho bạn",
    "Flash sale cuoi tuan",
    "Nhap ma HE20 de duoc giam 20%",
    "Tặng voucher 50K cho lần mua sau",
    "Khuyến mãi lớn nhất năm",
    "Bộ sưu tập mới đã về",
    "Giá chỉ từ 99k",
    "Quét mã, cơ hội trúng iPhone",
    "Đừng bỏ lỡ!",
    "Get 20% off your next order",
    "Buy one get one free",
    "Shop now at pholan.example",
    "Limited time only",
    "Use code HE20 for 20% off",
    "Don 8841 da giao. Uu dai 20% cho don sau",
    "ＧＩＡＭ ３０％",
  ])("%s", (text) => expect(isPromotionalText(text)).toBe(true));
});

describe("what orders, codes and deliveries say is none", () => {
  test.each([
    "Ma OTP cua ban la 482913, hieu luc 5 phut",
    "Use code 482913 to log in",
    "Đơn hàng 8841 đã giao thành công. Cảm ơn bạn!",
    "Don 8841: giam gia: -20.000d, tong 180.000d",
    "Đơn 8841 đã áp dụng mã giảm giá, còn 180.000đ",
    "Bạn được trừ 20.000đ vào hóa đơn này",
    "Hoan tien 150.000d vao the cua ban trong 3 ngay",
    "Miễn phí giao hàng cho đơn này",
    "Số dư tăng 500.000đ lúc 10:02",
    "Nước tăng giá từ tháng sau",
    "Lịch hẹn ngày 12/6 lúc 9h, vui lòng đến trước 10 phút",
    "Bao hanh mien phi 12 thang cho san pham da mua",
    "Track your order now",
    "Your parcel is free to collect until Friday",
    "Thank you, your discount: 20.000d was included",
    "Cong ty dong y mien giam 40% lai phat neu thanh toan truoc 28/06",
    "Tang 3, toa nha B",
    "Điện thoại giảm pin còn 20%",
    "",
  ])("%s", (text) => expect(isPromotionalText(text)).toBe(false));
});

test("a long text without an end does not take long", () => {
  const started = performance.now();
  isPromotionalText("giam ".repeat(20_000));
  isPromotionalText("mua 1".repeat(20_000));
  isPromotionalText(`${"ưu đãi ".repeat(10_000)}`);
  expect(performance.now() - started).toBeLessThan(5_000);
});
