// What an application does with the packed guard, whatever its module system and Express: prints one line of JSON.
exports.run = async ({ createGuard, createClient, express }) => {
  const adminApiKey = `embedding-application-${"k".repeat(32)}`;
  const guard = await createGuard({
    dataDir: process.env.DATA_DIR,
    sandbox: true,
    // By day in Viet Nam, so that nothing is held by the clock.
    sandboxClock: "2026-11-24T10:00:00+07:00",
    adminApiKey,
    logLevel: "error",
  });
  let apiKey = "";
  const app = express();
  app.post(
    "/send",
    express.json(),
    guard.campaign({
      apiKey: () => apiKey,
      map: (req) => ({
        name: "Order shipped",
        channel: "sms",
        purpose: "transaction",
        processor: "sandbox-sms",
        sender: "SACHVIET",
        content: { text: "SACHVIET: don hang {{order}} da duoc giao." },
        recipients: { list: req.body.phones.map((phone) => ({ phone, data: { order: "B123" } })) },
      }),
    }),
    (req, res) => res.json(req.guard.decision),
  );
  app.post(
    "/pages/:id/publish",
    express.text({ type: "text/html" }),
    guard.landingPage({
      apiKey: () => apiKey,
      map: (req) => ({
        pageId: req.params.id,
        url: "https://landing.example.vn/trang",
        html: req.body,
        processor: "sandbox-pages",
        advertiser: "Sách Việt",
      }),
    }),
    (req, res) => res.json(req.guard.decision),
  );
  app.use(guard.api);
  const server = await new Promise((resolve) => {
    const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
  });
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  const post = async (path, type, body) => {
    const answer = await fetch(baseUrl + path, { method: "POST", headers: { "Content-Type": type }, body });
    return { status: answer.status, body: await answer.json() };
  };
  try {
    const admin = createClient({ baseUrl, apiKey: adminApiKey });
    const customer = await admin.createCustomer({
      name: "Sách Việt",
      legalName: "Công ty Sách Việt",
      country: "VN",
      senders: [{ channel: "sms", id: "SACHVIET" }],
    });
    const withoutKey = await post("/send", "application/json", JSON.stringify({ phones: ["0912345678"] }));
    apiKey = (
      await admin.createKey(customer.id, { scopes: ["contacts", "campaigns", "pages"], mode: "live" })
    ).key;
    const client = createClient({ baseUrl, apiKey });
    await client.acceptPolicy({ version: (await client.policy()).version, acceptedBy: "An" });
    await client.recordContacts({
      declaration: { basis: "contract", purposes: ["transaction"], channels: ["sms"] },
      contacts: [{ phone: "0912345678" }],
    });
    const sent = await post(
      "/send",
      "application/json",
      JSON.stringify({ phones: ["0912345678", "0987654321"] }),
    );
    const unmapped = await post("/send", "application/json", JSON.stringify({ phones: [42] }));
    const page = (body) => post("/pages/p1/publish", "text/html", body);
    const published = await page(
      '<!doctype html><html lang="vi"><title>Tết</title><h1>Chúc mừng năm mới</h1><p>Nhà sách nghỉ Tết.</p></html>',
    );
    const denied = await page(
      '<!doctype html><html lang="vi"><title>Đăng ký</title><form method="post"><label>Số thẻ <input name="card_number" autocomplete="cc-number"></label><button>Gửi</button></form></html>',
    );
    return { withoutKey, sent, unmapped, published, denied };
  } finally {
    await new Promise((resolve) => server.close(resolve));
    await guard.close();
  }
};

exports.print = (result) => process.stdout.write(`${JSON.stringify(result)}\n`);
