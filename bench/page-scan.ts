/**
 * A landing page of about 200 kB through inspectPage, beside plain parse5, in one run.
 * Run: npx tsx bench/page-scan.ts
 */
import { parse } from "parse5";
import { inspectPage } from "../src/content/page.ts";
import { createScanner } from "../src/content/scan.ts";

const rounds = 15;
const sentences = [
  "Giảm đến {} % cho bộ sưu tập mùa hè, giao trong ngày tại nội thành.",
  "Mẫu số {} có ba màu: trắng sữa, xanh rêu và nâu đất.",
  "Đặt lịch trước {} ngày để chọn được khung giờ đẹp nhất.",
  "Kỹ thuật viên của chúng tôi có hơn {} năm kinh nghiệm.",
];
const card = (at: number): string => `
    <article class="product product--summer col-12 col-md-6 col-lg-4" data-sku="SKU-${at}" data-analytics-slot="grid-${at % 7}">
      <a class="product__link js-hover" href="/san-pham/ao-linen-${at}?color=trang&amp;size=m">
        <img class="product__image lazyload" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="/anh/ao-linen-${at}-800.webp" width="400" height="533" alt="Áo linen mẫu ${at}">
      </a>
      <div class="product__body"><h3 class="product__title">Áo linen tay lỡ ${at}</h3>
      <p class="product__text">${(sentences[at % sentences.length] ?? "").replace("{}", String(at))}</p>
      <button type="button" class="button button--primary" aria-label="Thêm mẫu ${at} vào giỏ">Thêm vào giỏ</button></div>
    </article>`;
const style = Array.from(
  { length: 400 },
  (_, at) => `.u-${at}{margin:${at}px;padding:${at % 9}px}.hide-${at}{display:none}`,
).join("\n");
const script = Array.from(
  { length: 300 },
  (_, at) => `modules["m${at}"]=function(a,b){return a["key ${at}"]+b.length};`,
).join("\n");
let body = "";
for (let at = 0; body.length + style.length + script.length < 198_000; at++) body += card(at);
const html = `<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Bộ sưu tập hè</title><style>${style}</style></head><body>
<h1>Bộ sưu tập hè</h1>${body}
<form action="/dang-ky" method="post"><label>Họ tên <input name="name"></label><label>Điện thoại <input type="tel" name="phone"></label>
<label><input type="checkbox" name="c"> Tôi đồng ý để Thời trang Mộc gửi tin quảng cáo qua SMS</label><a href="/privacy">Chính sách bảo mật</a></form>
<script>${script}</script></body></html>`;

const scanner = createScanner();
const context = {
  url: "https://moc.example.vn/",
  purposes: ["advertising"],
  advertiser: "Thời trang Mộc",
  processorHosts: [],
} as const;
const candidates = {
  inspectPage: () => inspectPage(scanner, html, context).findings.length,
  "parse5 alone": () => parse(html, { sourceCodeLocationInfo: true }).childNodes.length,
};
const best: Record<string, number> = {};
for (let round = 0; round < rounds; round++)
  for (const [name, run] of Object.entries(candidates)) {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, (user + system) / 1_000);
  }
console.log(
  `${(html.length / 1_000).toFixed(0)} kB, ${inspectPage(scanner, html, context).visibleText.length} letters shown`,
);
for (const [name, milliseconds] of Object.entries(best))
  console.log(`${name.padEnd(14)} ${milliseconds.toFixed(1)} ms CPU, best of ${rounds}`);
