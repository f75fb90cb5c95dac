/** How far back the words in front of a number are read. */
const IN_FRONT = 48

/** The words in front of a place, in lower case: on the same line, or on the one before if it stands at the beginning. */
export function inFront(lower: string, start: number, length: number = IN_FRONT): string {
  const words = lower.slice(Math.max(0, start - length), start)
  return words.slice(words.trimEnd().lastIndexOf('\n') + 1)
}

/** A number of something that is nobody's: `order no. `, `Rechnung Nr. `, `订单号：`. */
const OF_A_THING =
  /(?:(?:^|[^\p{L}\d])(?:order|invoice|ticket|case|part|sku|serial|model|tracking|shipment|parcel|isbn|issn|doi|pmid|build|version|revision|rev|commit|bug|issue|rfc|reference|ref|article|item|product|batch|lot|receipt|transaction|txn|job|run|request|trace|span|hash|checksum|page|chapter|section|catalog|catalogue|asin|upc|ean|gtin|bestell\p{L}*|rechnungs?\p{L}*|auftrags?\p{L}*|artikel\p{L}*|vorgangs?\p{L}*|sendungs?\p{L}*|serien\p{L}*|teile\p{L}*|aktenzeichen|commande|facture|pedido|factura|ordine|fattura|[a-z\d]{0,16}_?id)|订单|訂單|单号|單號|编号|編號|流水|快递|运单|发票|版本|型号|序列)[号號]?[码碼]?[ _-]?(?:no|nr|num|number|nummer|numéro|número|id|code|date)?[.\s:：#=№"'(-]*(?:is|ist|lautet|是|为|為)?[\s:#]*$/iu

export function isOfAThing(lower: string, start: number): boolean {
  return OF_A_THING.test(inFront(lower, start))
}
