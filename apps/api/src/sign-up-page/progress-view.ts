import type { Locale } from '@backend-jobs/sign-ups';
import { html } from '../pages/html.ts';
import type { FoundSignUp } from '../sign-up-status.ts';
import { type StepState, stageOf, stepsOf } from './texts/stages.ts';
import { texts } from './texts/texts-by-locale.ts';

interface ProgressView {
  locale: Locale;
  found: FoundSignUp;
  /** Where the events come from, and the last one that this page knows. */
  events: string;
  lastEventId: string;
  /** Where the form is. */
  form: string;
}

/**
 * How far a sign-up is. `assets/sign-up.js` fetches the page again at each event, and shows the parts with `data-live`
 * in place of those that are there: what an event means is written down here alone.
 */
export const progressView = ({ locale, found, events, lastEventId, form }: ProgressView) => {
  const { stages, steps, refreshes, again } = texts[locale];
  const stage = stageOf(found.status);
  const reached = stepsOf(stage);
  const items = steps.map(({ name, states }, index) => {
    const state = reached[index] as StepState;
    return html`<li class="step ${state}">
<span class="mark" aria-hidden="true"></span>
<span class="step-name">${name}</span>
<span class="step-state">${states[state]}</span>
</li>`;
  });
  const live = html`data-events="${events}" data-last-event="${lastEventId}"`;
  return html`<div id="progress" ${!found.isSettled && live}>
<h1 id="heading" data-live>${stages[stage].heading}</h1>
<p id="message" class="lead" role="status" data-live>${stages[stage].message}</p>
<ol id="steps" class="card steps" data-live>${items}</ol>
<div id="more" data-live>${
    found.isSettled
      ? html`<p><a href="${form}">${again}</a></p>`
      : html`<noscript><p>${refreshes}</p></noscript>`
  }</div>
</div>`;
};

/** What the head of the page has while something can still change. */
export const progressHead = ({ script }: { script: string }) =>
  html`<script src="${script}" defer></script>
<noscript><meta http-equiv="refresh" content="3"></noscript>`;
