import { Component } from "react";
import type { ReactNode } from "react";

import { t } from "../i18n";
import { platform } from "../platform";
import { Button, Notice } from ".";

/** A part that cannot be loaded, as after a new version: what was typed stays, and a reload is offered. */
export class Boundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <Notice action={<Button look="plain" title={t("reload")} onPress={() => platform.reload()} />}>{t("chunkGone")}</Notice>
    );
  }
}
