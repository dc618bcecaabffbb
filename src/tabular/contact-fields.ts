/** What a column of a contact file can mean; dotted names are members of the guardian. */
export const contactFields = [
  "phone",
  "name",
  "birthDate",
  "country",
  "consentedAt",
  "basis",
  "method",
  "source",
  "noticeVersion",
  "evidence",
  "guardian.name",
  "guardian.phone",
  "guardian.consentedAt",
  "guardian.evidence",
  "correlationId",
] as const;
export type ContactField = (typeof contactFields)[number];

/**
 * Column names of each field, folded (see `foldColumnName`), the surest first: of two columns that could
 * be the same field the one named earlier here is taken.
 */
export const columnNames: Readonly<Record<ContactField, readonly string[]>> = {
  phone: (
    "phone sodienthoai sdt sodt sdtdd dtdd didong sodidong dienthoaididong sodienthoaididong mobile " +
    "mobilephone mobilenumber phonenumber phoneno cellphone cell dienthoai tel telephone msisdn " +
    "sodienthoaikhachhang sdtkhachhang sdtkh dtkhachhang customerphone contactphone zalo sozalo viber " +
    "sothuebao thuebao dt"
  ).split(" "),
  name: (
    "name hoten hovaten hotenkhachhang tenkhachhang tenkh fullname customername contactname tendaydu " +
    "khachhang quydanh ten hotendaydu displayname"
  ).split(" "),
  birthDate:
    "birthdate ngaysinh ngaythangnamsinh ngaysinhnhat sinhnhat dob dateofbirth birthday namsinhdaydu".split(
      " ",
    ),
  country: "country quocgia nuoc countrycode maquocgia quoctich".split(" "),
  consentedAt: (
    "consentedat ngaydongy thoigiandongy thoidiemdongy ngaygiodongy consentdate consenttime consentat " +
    "collectedat optindate optinat optintime ngayoptin ngaythuthap thoigianthuthap dongyluc"
  ).split(" "),
  basis: "basis coso cosophaply cosoxuly lawfulbasis legalbasis cancuphaply cancu".split(" "),
  method:
    "method phuongthuc phuongthucdongy hinhthuc hinhthucdongy consentmethod optinmethod cachthuc cachthucdongy".split(
      " ",
    ),
  source: "source nguon nguondulieu nguonthuthap consentsource nguonkhachhang".split(" "),
  noticeVersion: (
    "noticeversion phienbanthongbao phienbandieukhoan phienbanchinhsach versionthongbao privacynoticeversion " +
    "phienban"
  ).split(" "),
  evidence:
    "evidence bangchung minhchung chungcu consentevidence proof linkbangchung evidenceurl evidenceuri".split(
      " ",
    ),
  "guardian.name": (
    "guardianname guardian nguoigiamho hotennguoigiamho tennguoigiamho phuhuynh tenphuhuynh hotenphuhuynh " +
    "nguoidaidien tennguoidaidien parentname"
  ).split(" "),
  "guardian.phone": (
    "guardianphone sdtnguoigiamho sodienthoainguoigiamho dienthoainguoigiamho sdtphuhuynh " +
    "sodienthoaiphuhuynh dienthoaiphuhuynh sdtnguoidaidien parentphone"
  ).split(" "),
  "guardian.consentedAt": (
    "guardianconsentedat nguoigiamhodongyluc ngaynguoigiamhodongy ngaygiamhodongy ngayphuhuynhdongy " +
    "thoigiannguoigiamhodongy thoigianphuhuynhdongy guardianconsentdate parentconsentedat"
  ).split(" "),
  "guardian.evidence":
    "guardianevidence bangchungnguoigiamho bangchunggiamho bangchungphuhuynh parentevidence".split(" "),
  correlationId: (
    "correlationid ma makh makhachhang mathamchieu madoitac id customerid externalid externalref reference " +
    "contactid makhach"
  ).split(" "),
};
