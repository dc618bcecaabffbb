/**
 * The data × processor matrix of the policy (P-25) for messages. Field names are compared without case and
 * separators, so `birth_date`, `birthDate` and `BirthDate` are one.
 */
const forbidden: ReadonlySet<string> = new Set(
  (
    "cccd cmnd cancuoc socccd nationalid idnumber idcard passport hochieu passportnumber mst masothue taxcode " +
    "taxid bhxh bhyt socialinsurance healthinsurance insurancenumber socialsecuritynumber ssn pan cardnumber " +
    "creditcard creditcardnumber sothe cvv cvc cvv2 cardcvv pin password matkhau"
  ).split(" "),
);
const deliveryOnly: ReadonlySet<string> = new Set(
  "address diachi homeaddress deliveryaddress shippingaddress".split(" "),
);

/** Whether a field may leave to no messaging processor at all, or only with notices of delivery. */
export function fieldLimit(field: string): "forbidden" | "delivery_only" | null {
  const name = field.toLowerCase().replace(/[^a-z0-9]/g, "");
  if (forbidden.has(name)) return "forbidden";
  return deliveryOnly.has(name) ? "delivery_only" : null;
}
