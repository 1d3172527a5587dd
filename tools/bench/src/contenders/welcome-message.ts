export interface NewUser {
  name: string;
  email: string;
}

/** A message of the size and the kind of this repository's own welcome, for those who mail it otherwise. */
export const welcomeMessage = ({ name, email }: NewUser) => ({
  from: 'Bench <welcome@bench.example>',
  to: { name, address: email },
  subject: 'Welcome aboard',
  text: `Welcome, ${name}!\n\n\nYour account is ready, and it is good to have you here.\n\nThere is nothing left for you to do.\n\n\n-- \n${note}\n`,
  html: `${head}<h1 class="title" style="${title}">Welcome, ${escaped(name)}!</h1>
    <p class="text" style="${text}">Your account is ready, and it is good to have you here.</p>
    <p class="text" style="${text}">There is nothing left for you to do.</p>
    <p class="note" style="margin:26px 0 0;font-size:13px;line-height:20px;color:#69717f">${note}</p>
${foot}`,
});

const escaped = (words: string) => words.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const note =
  'You get this message because this address was used to sign up. If that was not you, please ignore it.';
const title =
  'margin:0 0 16px;font-size:22px;line-height:30px;font-weight:600;color:#14171c;overflow-wrap:anywhere';
const text = 'margin:0 0 14px;font-size:16px;line-height:25px;color:#2f343d';
const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Welcome aboard</title>
<style>
  :root { color-scheme: light dark; }
  @media (prefers-color-scheme: dark) {
    .page { background: #16181d !important; }
    .card { background: #20242c !important; border-color: #343a46 !important; }
    .text, .title { color: #e8eaee !important; }
    .note { color: #9aa3b2 !important; }
  }
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f3f4f6">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f3f4f6">
<tr><td align="center" style="padding:40px 16px">
  <table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px;background:#ffffff;border:1px solid #e2e5ea;border-radius:12px">
  <tr><td style="padding:36px 36px 32px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
    `;
const foot = `  </td></tr>
  </table>
</td></tr>
</table>
</body>
</html>`;
