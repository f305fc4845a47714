import { useNavigate } from '@tanstack/react-router';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { useMe, useServices } from '../app-services.ts';
import { useText } from '../i18n/language.ts';
import { Icon } from '../ui/icons.tsx';
import { signOutOf } from './sign-out.ts';
import { chooseTheme, type Theme, useTheme } from './theme.ts';

const itemLook =
  'flex cursor-pointer items-center justify-between gap-6 rounded-[4px] px-3 py-1.5 outline-none data-highlighted:bg-sunk';
const themes: Theme[] = ['system', 'light', 'dark'];

function Choice({ value, children }: { value: string; children: ReactNode }) {
  return (
    <DropdownMenu.RadioItem value={value} className={itemLook}>
      {children}
      <DropdownMenu.ItemIndicator>
        <Icon name="check" size={15} />
      </DropdownMenu.ItemIndicator>
    </DropdownMenu.RadioItem>
  );
}

function Heading({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-3 pt-2 pb-1 text-note text-faint">{children}</DropdownMenu.Label>;
}

/** Who one is, the appearance, the language, the keys, the way out. */
export default function SettingsMenu({ trigger, openKeys }: { trigger: ReactNode; openKeys(): void }) {
  const services = useServices();
  const me = useMe();
  const theme = useTheme();
  const navigate = useNavigate();
  const { t, language, chooseLanguage } = useText();
  return (
    // Not modal: holding the scroll of the page would need a style element that its policy refuses. And without
    // a portal, so that the menu stays within the landmark of its button.
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Content
        align="end"
        sideOffset={6}
        collisionPadding={12}
        className="z-30 min-w-56 rounded-(--radius) bg-raised p-1.5 shadow-float"
      >
        {me !== null && (
          <div className="border-b border-line px-3 pt-1 pb-2">
            <p className="font-medium">{me.username}</p>
            <p className="text-note text-faint">{me.organisation.name}</p>
          </div>
        )}
        <Heading>{t('theme.label')}</Heading>
        <DropdownMenu.RadioGroup
          value={theme}
          onValueChange={(value) => chooseTheme(themes.find((known) => known === value) ?? 'system')}
        >
          {themes.map((value) => (
            <Choice key={value} value={value}>
              {t(`theme.${value}`)}
            </Choice>
          ))}
        </DropdownMenu.RadioGroup>
        <Heading>{t('language.choose')}</Heading>
        <DropdownMenu.RadioGroup
          value={language}
          onValueChange={(value) => void chooseLanguage(value === 'en' ? 'en' : 'fr')}
        >
          <Choice value="fr">Français</Choice>
          <Choice value="en">English</Choice>
        </DropdownMenu.RadioGroup>
        <DropdownMenu.Separator className="my-1.5 h-px bg-line" />
        <DropdownMenu.Item className={itemLook} onSelect={openKeys}>
          {t('shell.keys')} <span className="text-faint">?</span>
        </DropdownMenu.Item>
        {me === null ? (
          <DropdownMenu.Item className={itemLook} onSelect={() => void navigate({ to: '/sign-in' })}>
            {t('shell.signIn')}
          </DropdownMenu.Item>
        ) : (
          <DropdownMenu.Item className={itemLook} onSelect={() => void signOutOf(services)}>
            {t('shell.signOut')}
          </DropdownMenu.Item>
        )}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}
