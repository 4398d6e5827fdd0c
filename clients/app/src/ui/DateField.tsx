import { Field } from ".";

type Props = { label: string; value: string; onChange: (value: string) => void; errors?: readonly string[]; max?: string; isLabelHidden?: boolean };

export function DateField({ label, value, onChange, errors = [] }: Props) {
  return <Field label={label} value={value} onChangeText={onChange} errors={errors} placeholder="YYYY-MM-DD" maxLength={10} />;
}
