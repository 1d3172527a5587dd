import type { Locale } from '@backend-jobs/sign-ups';
import { html } from '../pages/html.ts';
import type { Typed } from './form-body.ts';
import { texts } from './texts/texts-by-locale.ts';

interface FormView {
  locale: Locale;
  /** Where the form is sent. */
  action: string;
  key: string;
  typed?: Typed;
  /** What is wrong with a field, in words. */
  faults?: Partial<Record<Field, string>>;
  /** What is wrong with none of them. */
  notice?: string;
}

const fields = ['name', 'email'] as const;
type Field = (typeof fields)[number];

const kinds = {
  name: html`type="text" autocomplete="name"`,
  email: html`type="email" autocomplete="email" autocapitalize="none" spellcheck="false"`,
};

export const formView = (view: FormView) => {
  const { form } = texts[view.locale];
  const { action, key, notice } = view;
  return html`<h1>${form.heading}</h1>
<p class="lead">${form.message}</p>
${notice && html`<p class="notice" role="alert">${notice}</p>`}
<form class="card" method="post" action="${action}" novalidate>
<input type="hidden" name="locale" value="${view.locale}">
<input type="hidden" name="key" value="${key}">
${fields.map((field) => fieldView(view, field))}
<button type="submit">${form.submit}</button>
</form>`;
};

/** A field, what is wrong with it, and the focus if it is the first one that has to be corrected. */
const fieldView = ({ locale, typed = {}, faults = {} }: FormView, name: Field) => {
  const fault = faults[name];
  const isFirst = name === fields.find((field) => faults[field]);
  const described = html`aria-invalid="true" aria-describedby="${name}-fault"`;
  return html`<label for="${name}">${texts[locale].form[name]}</label>
<input id="${name}" name="${name}" value="${typed[name] ?? ''}" ${kinds[name]} required ${fault && described} ${isFirst && html`autofocus`}>
${fault && html`<p class="fault" id="${name}-fault">${fault}</p>`}`;
};
