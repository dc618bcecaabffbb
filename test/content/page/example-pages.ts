import { readFileSync } from "node:fs";
import type { PageContext } from "../../../src/content/page.ts";
import type { Purpose } from "../../../src/domain/vocabulary.ts";

export type ExamplePage = { readonly file: string; readonly html: string; readonly context: PageContext };

const page = (file: string, url: string, advertiser: string, ...purposes: Purpose[]): ExamplePage => ({
  file,
  html: readFileSync(new URL(`../../../examples/pages/${file}`, import.meta.url), "utf8"),
  context: { url, advertiser, purposes, processorHosts: ["leads.fithouse.example.vn"] },
});

/** Pages that obey every rule, by what they are for. */
export const examplePages = {
  spa: page(
    "spa-lead-form.vi.html",
    "https://laxanh.example.vn/uu-dai",
    "Công ty TNHH Lá Xanh",
    "advertising",
    "customer_care",
  ),
  clinic: page(
    "clinic-awareness.vi.html",
    "https://antam.example.vn/thang-10",
    "Phòng khám An Tâm",
    "advertising",
  ),
  shop: page("shop-sale.vi.html", "https://moc.example.vn/sale/", "Thời trang Mộc", "advertising"),
  course: page(
    "language-course.en.html",
    "https://brightpath.example.com/ielts",
    "Bright Path English",
    "advertising",
    "survey",
  ),
  kids: page("kids-swimming.vi.html", "https://saobien.example.vn/be", "CLB Bơi Sao Biển", "advertising"),
  estate: page(
    "real-estate.vi.html",
    "https://songxanh.example.vn/",
    "Công ty Cổ phần Sông Xanh",
    "advertising",
  ),
  restaurant: page(
    "restaurant-booking.en.html",
    "https://lotuskitchen.example.com/book",
    "Lotus Kitchen",
    "advertising",
  ),
  gym: page("gym-popup.vi.html", "https://fithouse.example.vn/", "FitHouse Gym", "advertising"),
  event: page("event-news.en.html", "https://makerfair.example.com/", "Saigon Maker Fair", "advertising"),
  bank: page("tet-greeting.vi.html", "https://hatgao.example.vn/tet", "Ngân hàng Hạt Gạo"),
} as const;
export type ExampleName = keyof typeof examplePages;
