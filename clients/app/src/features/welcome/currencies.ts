/** The currency that people of a time zone most likely use; it is shown, and can be changed. */

const BY_ZONE: Record<string, string> = {
  "Europe/London": "GBP", "Europe/Zurich": "CHF", "Europe/Stockholm": "SEK", "Europe/Oslo": "NOK",
  "Europe/Copenhagen": "DKK", "Europe/Warsaw": "PLN", "Europe/Prague": "CZK", "Europe/Budapest": "HUF",
  "Europe/Bucharest": "RON", "Europe/Kyiv": "UAH", "Europe/Kiev": "UAH", "Europe/Istanbul": "TRY",
  "Europe/Belgrade": "RSD", "Europe/Chisinau": "MDL", "Atlantic/Reykjavik": "ISK", "Europe/Tirane": "ALL",
  "Asia/Tokyo": "JPY", "Asia/Shanghai": "CNY", "Asia/Hong_Kong": "HKD", "Asia/Singapore": "SGD",
  "Asia/Kolkata": "INR", "Asia/Calcutta": "INR", "Asia/Dubai": "AED", "Asia/Riyadh": "SAR", "Asia/Kuwait": "KWD",
  "Asia/Bahrain": "BHD", "Asia/Qatar": "QAR", "Asia/Amman": "JOD", "Asia/Jerusalem": "ILS", "Asia/Seoul": "KRW",
  "Asia/Taipei": "TWD", "Asia/Bangkok": "THB", "Asia/Jakarta": "IDR", "Asia/Manila": "PHP", "Asia/Karachi": "PKR",
  "Asia/Dhaka": "BDT", "Asia/Kathmandu": "NPR", "Asia/Colombo": "LKR", "Asia/Kuala_Lumpur": "MYR",
  "Asia/Ho_Chi_Minh": "VND", "Asia/Tbilisi": "GEL", "Asia/Yerevan": "AMD", "Asia/Almaty": "KZT",
  "America/Sao_Paulo": "BRL", "America/Mexico_City": "MXN", "America/Argentina/Buenos_Aires": "ARS",
  "America/Santiago": "CLP", "America/Bogota": "COP", "America/Lima": "PEN", "America/Toronto": "CAD",
  "America/Vancouver": "CAD", "America/Edmonton": "CAD", "America/Winnipeg": "CAD", "America/Halifax": "CAD",
  "America/Montreal": "CAD", "America/St_Johns": "CAD", "America/Montevideo": "UYU", "America/Costa_Rica": "CRC",
  "Pacific/Auckland": "NZD", "Africa/Johannesburg": "ZAR", "Africa/Cairo": "EGP", "Africa/Lagos": "NGN",
  "Africa/Nairobi": "KES", "Africa/Casablanca": "MAD", "Africa/Tunis": "TND", "Africa/Algiers": "DZD",
  "Africa/Accra": "GHS",
};

const BY_CONTINENT: Record<string, string> = { Europe: "EUR", Australia: "AUD", America: "USD" };

export function guessCurrency(zone: string): string {
  return BY_ZONE[zone] ?? BY_CONTINENT[zone.split("/")[0] ?? ""] ?? "USD";
}

export function getDeviceZone(): string {
  try {
    return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  } catch {
    return "UTC";
  }
}
