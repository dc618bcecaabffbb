/** Hosts of analytics, advertising and session-recording services, written as endings of a host name. */
const hosts = [
  "google-analytics.com", "googletagmanager.com", "analytics.google.com", "doubleclick.net", "googleadservices.com",
  "googlesyndication.com", "googletagservices.com", "connect.facebook.net", "analytics.tiktok.com",
  "business-api.tiktok.com", "za.zdn.vn", "za.zalo.me", "px.zalo.me", "pixel.zalo.me", "hotjar.com", "hotjar.io",
  "clarity.ms", "bat.bing.com", "mc.yandex.ru", "snap.licdn.com", "px.ads.linkedin.com", "static.ads-twitter.com",
  "analytics.twitter.com", "ct.pinterest.com", "s.pinimg.com", "sc-static.net", "tr.snapchat.com", "mixpanel.com",
  "mxpnl.com", "segment.com", "segment.io", "amplitude.com", "criteo.com", "criteo.net", "taboola.com", "outbrain.com",
  "quantserve.com", "scorecardresearch.com", "fullstory.com", "mouseflow.com", "crazyegg.com", "luckyorange.com",
  "heapanalytics.com", "hs-analytics.net", "hs-scripts.com", "adroll.com", "adsrvr.org", "appsflyer.com", "adjust.com",
  "branch.io", "matomo.cloud", "plerdy.com", "smartlook.com", "inspectlet.com", "nr-data.net", "statcounter.com",
  "histats.com", "adtimaserver.vn", "admicro.vn", "eclick.vn", "ants.vn", "antsomi.com", "novanet.vn", "adnxs.com",
  "rubiconproject.com", "pubmatic.com", "tawk-analytics.com", "posthog.com", "cdn.mookie1.com", "demdex.net",
  "omtrdc.net", "2o7.net", "everesttech.net", "bluekai.com", "krxd.net", "redditstatic.com", "alb.reddit.com",
];
const escaped = (list: readonly string[]): string => list.map((host) => host.replaceAll(".", "\\.")).join("|");

export const trackerHosts = new RegExp(`(?:^|\\.)(?:${escaped(hosts)})$`, "i");
/** Trackers on hosts that also serve other things. */
export const trackerPaths =
  /^(?:(?:www\.)?facebook\.com\/(?:tr\b|plugins\/)|(?:www\.)?google\.[a-z.]+\/(?:pagead|ads|ccm)\/|t\.co\/i\/adsct|(?:www\.)?tiktok\.com\/(?:i18n\/)?pixel|s\.zzcdn\.me\/ztr|[^/]+\/(?:matomo|piwik)\.(?:js|php)|(?:www\.)?linkedin\.com\/px)/i;

/** Calls and loaders of those services in a script of the page. */
export const trackerCalls = new RegExp(
  `\\bgtag\\s*\\(\\s*["'](?:js|config|event)["']|\\bfbq\\s*\\(\\s*["'](?:init|track|trackCustom|trackSingle)["']|\\bttq\\s*\\.\\s*(?:load|page|track|identify)\\s*\\(|["']gtm\\.start["']|\\bga\\s*\\(\\s*["'](?:create|send)["']|\\b_gaq\\s*\\.\\s*push|\\b_paq\\s*\\.\\s*push|\\bhj\\s*\\(\\s*["']|\\b_hjSettings\\b|\\bclarity\\s*\\(\\s*["']|\\bmixpanel\\s*\\.\\s*(?:init|track)\\s*\\(|\\bamplitude\\b[^\\n;]{0,40}\\.init\\s*\\(|\\banalytics\\s*\\.\\s*(?:load|page)\\s*\\(|\\btwq\\s*\\(\\s*["']|\\b_linkedin_partner_id\\b|\\bpintrk\\s*\\(|\\bsnaptr\\s*\\(|\\bym\\s*\\(\\s*\\d+|\\bZaloPixel\\b|\\bztr\\s*\\(|\\b_ztrq\\b|\\/\\/(?:[\\w-]+\\.)*(?:${escaped(hosts)})\\b`,
  "i",
);
