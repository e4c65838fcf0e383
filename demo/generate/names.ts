// Invented names of people, departments and titles.

export const firstNames = [
  ...['Ada', 'Amara', 'Anika', 'Arjun', 'Ben', 'Bruno', 'Carla', 'Chen', 'Clara', 'Daniel', 'Deepa', 'Diego', 'Elena'],
  ...['Emil', 'Farah', 'Felix', 'Grace', 'Hana', 'Hugo', 'Ines', 'Isaac', 'Jana', 'Jonas', 'Kavya', 'Kofi', 'Lena'],
  ...['Liam', 'Lucia', 'Malik', 'Maria', 'Mateo', 'Mei', 'Mila', 'Nadia', 'Nikhil', 'Nora', 'Oscar', 'Petra', 'Priya'],
  ...['Quentin', 'Rahul', 'Rosa', 'Samir', 'Sofia', 'Tariq', 'Tomas', 'Uma', 'Viktor', 'Yara', 'Zoe'],
] as const;

export const lastNames = [
  ...['Abara', 'Adler', 'Almeida', 'Baker', 'Bauer', 'Brandt', 'Castro', 'Chandra', 'Costa', 'Dietrich', 'Diaz'],
  ...['Eriksen', 'Fischer', 'Foster', 'Garcia', 'Gupta', 'Hansen', 'Hoffmann', 'Ibrahim', 'Iyer', 'Jensen', 'Kaur'],
  ...['Keller', 'Kowalski', 'Krause', 'Lopez', 'Marino', 'Mehta', 'Moreau', 'Nair', 'Novak', 'Okafor', 'Olsen'],
  ...['Patel', 'Petrov', 'Quinn', 'Rao', 'Reyes', 'Richter', 'Santos', 'Schmidt', 'Sharma', 'Silva', 'Tanaka'],
  ...['Torres', 'Ullmann', 'Varga', 'Weber', 'Wong', 'Yilmaz', 'Zhang', 'Ziegler'],
] as const;

/** No name holds `admin`: membership in a group of that name makes an administrator. */
export const departments: readonly (readonly [string, number])[] = [
  ['Engineering', 30],
  ['Sales', 18],
  ['Support', 14],
  ['Operations', 12],
  ['Finance', 8],
  ['Marketing', 8],
  ['People', 5],
  ['Legal', 3],
];

export const titles = ['Analyst', 'Associate', 'Lead', 'Manager', 'Specialist', 'Director'] as const;

export const projectNames = [
  ['OPS', 'Operations', 'service_desk'],
  ['WEB', 'Web Storefront', 'software'],
  ['PLAT', 'Platform', 'software'],
  ['MOB', 'Mobile Apps', 'software'],
  ['DATA', 'Data Engineering', 'software'],
  ['SEC', 'Security', 'software'],
  ['FIN', 'Finance Requests', 'business'],
  ['LEG', 'Legacy Billing', 'software'],
] as const;
