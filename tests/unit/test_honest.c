/* What the check makes of honest sentences, and of planted faults, in six languages. Sentences are as people write them:
 * inflected, rounded ("about"), with money, dates and times in other forms, abbreviations, lists. At most 3 of 100
 * honest ones may be doubted, and at least 95 of 100 faults of each kind must be found. SHOW=1 prints the tables. */
#include "pipeline/cite.h"
#include "test.h"

/* The first problem of a sentence, or NULL; its quote is a part of the source, NULL = all of it. */
static const char *problem(const char *language, const char *source, const char *quote,
                           const char *claim)
{
    static struct wn_arena a = WN_ARENA_INIT;
    const char *id = "S1";
    struct wn_cite_source s = { .id = id, .text = source, .len = strlen(source) };
    struct wn_cite_claim c = { claim, &id, &quote, 1, 1 };
    struct wn_brief_sentence out = { .section = 0 };
    quote = quote == NULL ? source : quote;
    wn_arena_reset(&a);
    wn_cite_prepare(&s, 1, wn_language_find(language), &a);
    wn_cite_check(&c, &s, 1, wn_language_find(language), &a, &out);
    return out.nproblems == 0 ? NULL : out.problems[0];
}

static const struct honest {
    const char *language, *source, *quote, *claim;
} honest[] = {
    /* clang-format off */
    /* inflections and possessives */
    { "en", "Brandt's scanners arrive in Utrecht, and Castell signs for them.", NULL, "The scanners of Brandt arrive in Utrecht; Castell's signature is needed." },
    { "en", "The German customers like the T40, Ms Ekberg reports.", NULL, "Customers in Germany like the T40, as Ekberg reports." },
    { "en", "Talvik has repaired 84 phones.", NULL, "84 phones were repaired by Talvik." },
    { "de", "Annas Team testet die Ger\u00e4te in Gent.", NULL, "Das Team von Anna testet die Ger\u00e4te in Gent." },
    { "de", "Herr Weber bestellt 40 Scanner f\u00fcr das Lager in Bremen.", NULL, "F\u00fcr das Bremer Lager bestellt Weber 40 Scanner." },
    { "de", "Die Lieferung der Ger\u00e4te dauert sechs Wochen, sagt Frau Maas.", NULL, "Laut Frau Maas betr\u00e4gt die Lieferzeit der Ger\u00e4te 6 Wochen." },
    { "nl", "Jansens team test de telefoons in Gent.", NULL, "Het team van Jansen test de telefoons in Gent." },
    { "es", "Los clientes alemanes prefieren el T40, dice Garc\u00eda.", NULL, "Seg\u00fan Garc\u00eda, los clientes alemanes prefieren el T40." },
    /* rounded */
    { "en", "The field staff break 11.8 phones a month.", NULL, "The field staff break about 12 phones a month." },
    { "en", "A repair costs 389 EUR on average.", NULL, "A repair costs nearly 400 EUR on average." },
    { "en", "We counted 1,043 tickets in March.", NULL, "There were more than 1,000 tickets in March." },
    { "en", "The depot holds 4,870 batteries.", NULL, "The depot holds roughly 5,000 batteries." },
    { "de", "Die Reparatur kostet 389 EUR.", NULL, "Die Reparatur kostet knapp 400 EUR." },
    { "de", "Im M\u00e4rz kamen 1.043 Anfragen.", NULL, "Im M\u00e4rz kamen mehr als 1.000 Anfragen." },
    { "fr", "La r\u00e9paration co\u00fbte 389 EUR.", NULL, "La r\u00e9paration co\u00fbte environ 400 EUR." },
    { "fr", "Le d\u00e9p\u00f4t compte 1 043 batteries.", NULL, "Le d\u00e9p\u00f4t compte plus de 1000 batteries." },
    { "es", "La reparaci\u00f3n cuesta 389 EUR.", NULL, "La reparaci\u00f3n cuesta casi 400 EUR." },
    { "it", "La riparazione costa 389 EUR.", NULL, "La riparazione costa circa 400 EUR." },
    { "nl", "De reparatie kost 389 EUR.", NULL, "De reparatie kost bijna 400 EUR." },
    /* money */
    { "en", "Torvik offers the T40 for \u20ac389 a piece.", NULL, "A T40 costs 389 EUR at Torvik." },
    { "en", "The budget is 21,000 EUR this year.", NULL, "This year's budget is \u20ac21k." },
    { "en", "Northgate bills $2.5m a year.", NULL, "Northgate bills 2,500,000 USD a year." },
    { "en", "The deposit is 250 pounds or 290 euros.", NULL, "The deposit is \u20ac290." },
    { "de", "Das Budget betr\u00e4gt 2,5 Mio. Euro.", NULL, "Das Budget liegt bei 2.500.000 EUR." },
    { "de", "Der Preis: 1.249,50 \u20ac pro St\u00fcck.", NULL, "Ein St\u00fcck kostet 1249,50 Euro." },
    { "fr", "Le prix est de 1 249,50 \u20ac par appareil.", NULL, "Chaque appareil co\u00fbte 1249,50 euros." },
    { "nl", "De prijs is \u20ac 1.249,50 per stuk.", NULL, "Een stuk kost 1249,50 euro." },
    { "it", "Il canone \u00e8 di 12.000 \u20ac l'anno.", NULL, "Il canone annuo \u00e8 di 12 mila euro." },
    /* dates and times */
    { "en", "The offer holds until 2026-04-30.", NULL, "The offer holds until 30 April 2026." },
    { "en", "The contract ends on April 30th, 2026.", NULL, "The contract ends on 2026-04-30." },
    { "en", "Delivery: 30/04/26, says Greco.", NULL, "Greco says that delivery is on 30 April 2026." },
    { "en", "The call is on Tues at 2 pm.", NULL, "The call is on Tuesday at 14:00." },
    { "en", "We meet at 14:30 on 5 May.", NULL, "The meeting is on May 5 at 2:30 p.m." },
    { "en", "Hofer promised an answer by Sept 3.", NULL, "By 3 September Hofer has promised an answer." },
    { "de", "Das Angebot gilt bis zum 30.04.2026.", NULL, "Bis zum 30. April 2026 gilt das Angebot." },
    { "de", "Der Termin ist am 3. M\u00e4rz um 14 Uhr.", NULL, "Am 03.03. um 14:00 Uhr ist der Termin." },
    { "fr", "L'offre est valable jusqu'au 30/04/2026.", NULL, "L'offre reste valable jusqu'au 30 avril 2026." },
    { "fr", "La r\u00e9union a lieu mardi \u00e0 14h30.", NULL, "La r\u00e9union est pr\u00e9vue mardi \u00e0 14:30." },
    { "es", "La oferta vale hasta el 30 de abril de 2026.", NULL, "La oferta es v\u00e1lida hasta el 30/04/2026." },
    { "it", "L'offerta vale fino al 30/04/2026.", NULL, "Fino al 30 aprile 2026 l'offerta resta valida." },
    { "nl", "Het aanbod geldt tot 30-04-2026.", NULL, "Tot en met 30-04-2026 geldt het aanbod." },
    { "nl", "De levering is op woensdag 12 mei.", NULL, "Op woensdag 12 mei wordt geleverd." },
    /* numbers in words */
    { "en", "The test takes two dozen phones and four weeks.", NULL, "24 phones are tested for 4 weeks, that is two dozen." },
    { "en", "Twenty-five installers take part.", NULL, "25 installers take part." },
    { "de", "Zw\u00f6lf Monteure testen f\u00fcnfundzwanzig Ger\u00e4te.", NULL, "12 Monteure testen 25 Ger\u00e4te." },
    { "fr", "Vingt-cinq techniciens testent douze appareils.", NULL, "25 techniciens testent 12 appareils." },
    { "es", "Treinta y dos t\u00e9cnicos prueban doce tel\u00e9fonos.", NULL, "32 t\u00e9cnicos prueban 12 tel\u00e9fonos." },
    { "it", "Venticinque tecnici provano dodici telefoni.", NULL, "25 tecnici provano 12 telefoni." },
    { "nl", "Vijfentwintig monteurs testen twaalf toestellen.", NULL, "25 monteurs testen 12 toestellen." },
    /* abbreviations */
    { "en", "The service level agreement with Pinnacle ends in June.", NULL, "The SLA with Pinnacle ends in June." },
    { "en", "The CRM of Halcyon is down.", NULL, "Halcyon's Customer Relationship Management is down." },
    { "en", "Dr Janssen called Mr Kaplan.", NULL, "Mr. Kaplan was called by Dr. Janssen." },
    { "de", "Die Allgemeinen Gesch\u00e4ftsbedingungen der Halden GmbH gelten.", NULL, "Es gelten die AGB der Halden GmbH, genauer ihre Allgemeinen Gesch\u00e4ftsbedingungen." },
    /* lists, colons and quotation marks */
    { "en", "Bert asks for a list of installers and a spare phone.", NULL, "Bert asks for two things: Installers on a list, and a spare phone." },
    { "en", "Open: who pays for the cases?", NULL, "Still open: Who pays for the cases?" },
    { "en", "Anna wrote that \"cracked screens are the main cause\".", NULL, "\"Cracked screens are the main cause\", Anna wrote." },
    { "de", "Offen ist, wer die H\u00fcllen bezahlt.", NULL, "Offen: Wer bezahlt die H\u00fcllen?" },
    /* sentence openers */
    { "en", "Halden lends ten phones for four weeks.", NULL, "Although nothing is bought yet, Halden lends ten phones for four weeks." },
    { "en", "Torvik does not lend test phones.", NULL, "Unlike others, Torvik does not lend test phones." },
    { "en", "Carla wants no order before the test is over.", NULL, "Nothing is to be ordered before the test is over, Carla says." },
    { "en", "The team in Ghent reported 14 faults.", NULL, "Fourteen faults were reported by the team in Ghent." },
    { "de", "Halden verleiht zehn Telefone f\u00fcr vier Wochen.", NULL, "Vier Wochen lang verleiht Halden zehn Telefone." },
    { "de", "Wir haben noch nicht entschieden, wer zahlt.", NULL, "Noch nicht entschieden ist, wer zahlt." },
    { "de", "Carla will vor Testende nichts bestellen.", NULL, "Bestellen will Carla vor dem Ende des Tests nichts." },
    { "fr", "Halden pr\u00eate dix t\u00e9l\u00e9phones pendant quatre semaines.", NULL, "Pendant quatre semaines, Halden pr\u00eate dix t\u00e9l\u00e9phones." },
    { "fr", "Torvik ne pr\u00eate pas d'appareils, dit Anna.", NULL, "D'apr\u00e8s Anna, Torvik ne pr\u00eate pas d'appareils." },
    { "es", "Halden presta diez tel\u00e9fonos durante cuatro semanas.", NULL, "Durante cuatro semanas, Halden presta diez tel\u00e9fonos." },
    { "it", "Halden presta dieci telefoni per quattro settimane.", NULL, "Per quattro settimane Halden presta dieci telefoni." },
    { "nl", "Halden leent tien telefoons uit voor vier weken.", NULL, "Volgens het bericht leent Halden tien telefoons uit voor vier weken." },
    /* nouns that only the brief has */
    { "de", "Wir liefern die Telefone am 30. April nach Gent, schreibt Bert.", NULL, "Die \u00dcbergabe der Telefone in Gent ist laut Bert am 30. April." },
    { "de", "Das Display springt oft, und der Akku h\u00e4lt nur 9 Stunden.", NULL, "Zwei M\u00e4ngel: das Display springt oft, der Akku h\u00e4lt nur 9 Stunden." },
    { "de", "Frau Berg bittet um Antwort bis Freitag. Die Kunden warten.", "Frau Berg bittet um Antwort bis Freitag.", "Berg bittet die Kunden um Antwort bis Freitag." },
    { "de", "Torvik gibt ab 50 St\u00fcck Rabatt. Der Rabatt betr\u00e4gt 8 Prozent.", NULL, "Der Nachlass von Torvik betr\u00e4gt 8 Prozent, ein Rabatt ab einer Menge." },
    /* capitals beyond ASCII */
    { "de", "\u00d6zt\u00fcrk bestellt bei \u00c4rztebedarf Nord 30 Ger\u00e4te.", NULL, "30 Ger\u00e4te bestellt \u00d6zt\u00fcrk bei \u00c4rztebedarf Nord." },
    { "fr", "\u00c9milie attend le devis de Fran\u00e7ois.", NULL, "Le devis de Fran\u00e7ois est attendu par \u00c9milie." },
    { "fr", "Le devis de FRAN\u00c7OIS arrive jeudi.", NULL, "Jeudi arrive le devis de Fran\u00e7ois." },
    { "es", "\u00d3scar llama a N\u00fa\u00f1ez el martes.", NULL, "El martes, N\u00fa\u00f1ez recibe la llamada de \u00d3scar." },
    { "de", "Im M\u00e4rz kommen zw\u00f6lf Ger\u00e4te nach Gent.", NULL, "Im M\u00e4rz 12 Ger\u00e4te nach Gent, so der Plan." },
    /* in two languages */
    { "de", "Halden lends ten phones to the team in Ghent until 30 April.", NULL, "Halden verleiht dem Team in Ghent zehn Telefone bis zum 30. April." },
    { "de", "Torvik charges 389 EUR for the T40, Anna says on Monday.", NULL, "Am Montag sagt Anna, dass Torvik 389 EUR f\u00fcr das T40 verlangt." },
    { "en", "Torvik verlangt 389 EUR f\u00fcr das T40, sagt Anna am Montag.", NULL, "On Monday Anna says that Torvik wants 389 EUR for the T40." },
    { "en", "L'offre de Torvik est valable jusqu'au 15 juillet.", NULL, "The offer by Torvik holds until 15 July." },
    { "fr", "Das Angebot der Halden GmbH gilt bis zum 30. September.", NULL, "L'offre de Halden GmbH est valable jusqu'au 30 septembre." },
    { "nl", "The team in Ghent tests the H7 until 12 May.", NULL, "Het team in Ghent test de H7 tot 12 mei." },
    /* written when the check stood, and not looked at before */
    { "en", "From: Lea Hofer\nWe will ship the remaining 14 units by the end of next week, weather permitting.", NULL, "Lea Hofer expects to ship the last 14 units by the end of next week." },
    { "en", "Revenue grew from 1.2 to 1.5 million EUR between 2024 and 2025.", NULL, "Between 2024 and 2025, revenue rose to EUR 1.5 million." },
    { "en", "The warranty covers screens for 36 months but not batteries.", NULL, "Batteries are excluded from the 36-month warranty." },
    { "en", "Northgate's CEO, Mara Lindqvist, declined to comment.", NULL, "Mara Lindqvist, who leads Northgate, declined to comment." },
    { "en", "Shipping is free for orders above $500; below that it is $25.", NULL, "Orders under $500 pay $25 for shipping." },
    { "en", "The workshop is closed on Mondays and Tuesdays.", NULL, "On Monday and Tuesday the workshop is closed." },
    { "en", "Please reply to sales@talvik.example before Friday noon.", NULL, "Replies go to sales@talvik.example before Friday noon." },
    { "en", "We tested the T40, the H7 and the R2; only the H7 survived.", NULL, "Of the three phones tested (T40, H7, R2), the H7 alone survived." },
    { "en", "The lease runs until 31 Dec 2027 and costs 4,200 a month.", NULL, "Until December 31, 2027 the lease costs 4200 per month." },
    { "en", "Ivanova said the depot \"will not move before autumn\".", NULL, "According to Ivanova, the depot \"will not move before autumn\"." },
    { "en", "Two thirds of the staff, 46 people, want the lighter model.", NULL, "46 employees want the lighter model." },
    { "en", "The audit found no fault. It took nine days.", NULL, "After nine days, the audit had found no fault." },
    { "de", "Guten Tag, wir haben Ihre Rechnung 2026-114 \u00fcber 1.180,00 EUR erhalten, aber die Gutschrift fehlt noch. Gr\u00fc\u00dfe, Jana Kr\u00fcger", NULL, "Jana Kr\u00fcger vermisst die Gutschrift zur Rechnung 2026-114." },
    { "de", "Der Kunde m\u00f6chte bis zum 15.5. wissen, ob die Montage m\u00f6glich ist.", NULL, "Bis zum 15. Mai m\u00f6chte der Kunde Bescheid \u00fcber die Montage." },
    { "de", "Laut Protokoll wurden im letzten Quartal 1.340 Tickets geschlossen, 12 % mehr als davor.", NULL, "Im letzten Quartal wurden 1340 Tickets geschlossen, ein Plus von 12 Prozent." },
    { "de", "Die Werkstatt in Breda repariert Displays innerhalb von zwei Werktagen.", NULL, "In Breda repariert die Werkstatt ein Display binnen 2 Werktagen." },
    { "de", "Frau Yilmaz fragt, ob wir auch samstags liefern.", NULL, "Yilmaz will wissen, ob am Samstag geliefert wird." },
    { "de", "Unser Server ist seit Dienstag, 9 Uhr, nicht erreichbar.", NULL, "Seit Dienstag um 9:00 Uhr ist der Server nicht erreichbar." },
    { "de", "Die Meridia AG k\u00fcndigt den Vertrag zum 31. Dezember.", NULL, "K\u00fcndigung: Meridia beendet den Vertrag zum 31. Dezember." },
    { "de", "Wir bezahlen erst nach Abnahme, schreibt Herr Sch\u00e4fer.", NULL, "Sch\u00e4fer zahlt erst, wenn die Abnahme erfolgt ist." },
    { "fr", "Bonjour, nous n'avons pas re\u00e7u la facture de f\u00e9vrier. Merci, Claire Moreau", NULL, "Claire Moreau n'a pas re\u00e7u la facture de f\u00e9vrier." },
    { "fr", "Le client demande un devis pour 40 postes avant le 12 ao\u00fbt.", NULL, "Avant le 12 ao\u00fbt, le client attend un devis pour quarante postes." },
    { "fr", "La soci\u00e9t\u00e9 Halden propose une garantie de quatre ans.", NULL, "Halden offre quatre ans de garantie." },
    { "fr", "Les ventes ont baiss\u00e9 de 3,5 % au deuxi\u00e8me trimestre.", NULL, "Au deuxi\u00e8me trimestre, la baisse des ventes est de 3,5 %." },
    { "fr", "Personne ne sait qui paie les coques, \u00e9crit L\u00e9a.", NULL, "L\u00e9a \u00e9crit qu'on ne sait pas qui paie les coques." },
    { "es", "Buenos d\u00edas, necesitamos 15 licencias antes del 1 de septiembre. Un saludo, Marta Ruiz", NULL, "Marta Ruiz necesita quince licencias antes del 1 de septiembre." },
    { "es", "La garant\u00eda cubre la pantalla durante 36 meses.", NULL, "Durante 36 meses la pantalla est\u00e1 cubierta por la garant\u00eda." },
    { "es", "El taller de Breda repara la pantalla en dos d\u00edas.", NULL, "En Breda, el taller tarda 2 d\u00edas en reparar la pantalla." },
    { "es", "Nadie ha decidido qui\u00e9n paga las fundas.", NULL, "Todav\u00eda no se ha decidido qui\u00e9n paga las fundas." },
    { "it", "Buongiorno, la fattura n. 77 non \u00e8 corretta. Saluti, Paolo Conti", NULL, "Paolo Conti segnala che la fattura n. 77 non \u00e8 corretta." },
    { "it", "L'officina di Breda ripara lo schermo in due giorni lavorativi.", NULL, "Lo schermo viene riparato in 2 giorni lavorativi dall'officina di Breda." },
    { "it", "Luned\u00ec la squadra di Gent inizia la prova con dieci telefoni.", NULL, "La prova della squadra di Gent comincia luned\u00ec con 10 telefoni." },
    { "nl", "Goedemiddag, kunt u ons voor vrijdag laten weten of 30 stuks leverbaar zijn? Groet, Sanne de Wit", NULL, "Sanne de Wit wil voor vrijdag weten of dertig stuks leverbaar zijn." },
    { "nl", "De garantie duurt 36 maanden en dekt het scherm.", NULL, "Het scherm is 36 maanden gedekt door de garantie." },
    { "nl", "Volgens Janssen is het magazijn in Bremen vol.", NULL, "Het magazijn in Bremen is vol, meldt Janssen." },
    { "nl", "Niemand heeft besloten wie de hoesjes betaalt.", NULL, "Wie de hoesjes betaalt, is nog niet besloten." },
    /* and once more */
    { "en", "Hi team, the new scanner drivers crash on startup. Rolling back to 4.2.1 fixes it. - Priya", NULL, "Priya reports that the new scanner drivers crash; version 4.2.1 works." },
    { "en", "Attendance was 61 percent on Thursday against 58 percent a week earlier.", NULL, "Thursday's attendance was 61%, up from 58% the week before." },
    { "en", "Our supplier Bastion raised prices by 6.5% as of 1 July.", NULL, "Since July 1, Bastion has charged 6.5 percent more." },
    { "en", "Could you send the signed contract (3 pages) to Mr Osei by noon?", NULL, "Mr Osei should get the signed 3-page contract by noon." },
    { "en", "The pilot in Aarhus starts on 2026-09-01 and ends on 2026-11-30.", NULL, "The pilot in Aarhus runs from September 1 to November 30, 2026." },
    { "en", "Nobody at Quorum answered our three emails.", NULL, "Three emails to Quorum were left unanswered." },
    { "en", "We sold 1,998 cases, which is a record.", NULL, "Sales reached a record of almost 2,000 cases." },
    { "en", "Ticket #4471 is a duplicate of #4402.", NULL, "Tickets 4471 and 4402 are duplicates." },
    { "en", "Kaplan: 'I would rather wait until Q3.'", NULL, "Kaplan would rather wait until Q3." },
    { "en", "The invoice for EUR 12.400,00 was sent to the wrong address in Lyon.", NULL, "Lyon was the wrong address for the invoice of 12,400 euros." },
    { "de", "Die Schulung in Hannover f\u00e4llt aus, weil der Trainer krank ist.", NULL, "Wegen Krankheit des Trainers f\u00e4llt die Schulung in Hannover aus." },
    { "de", "Wir haben am 2. Juni 18 Paletten an die Quorum AG geschickt, angekommen sind nur 17.", NULL, "Von 18 Paletten, die am 2. Juni an Quorum gingen, kamen 17 an." },
    { "de", "Der Vertrieb meldet 23 neue Kunden, vor allem aus \u00d6sterreich.", NULL, "Der Vertrieb hat 23 Neukunden gewonnen, vor allem in \u00d6sterreich." },
    { "de", "K\u00f6nnen Sie mir sagen, wann die Ersatzteile kommen? Viele Gr\u00fc\u00dfe, Tobias Lang", NULL, "Tobias Lang fragt nach dem Liefertermin der Ersatzteile." },
    { "de", "Die Heizung im B\u00fcro ist seit Montagmorgen kalt.", NULL, "Seit Montag ist die B\u00fcroheizung kalt." },
    { "de", "Das Update auf Version 3.5 behebt den Fehler.", NULL, "Mit Version 3.5 ist der Fehler behoben." },
    { "fr", "Le camion de Toulouse arrivera lundi vers 8 h.", NULL, "Lundi vers 8:00 arrivera le camion de Toulouse." },
    { "fr", "Nous avons perdu deux clients en juin, Meridia et Bastion.", NULL, "Deux clients sont partis en juin : Meridia et Bastion." },
    { "es", "El cami\u00f3n de Valencia llega el lunes a las 8.", NULL, "El lunes a las 8:00 llega el cami\u00f3n de Valencia." },
    { "it", "Il camion da Bologna arriva luned\u00ec alle 8.", NULL, "Luned\u00ec alle 8:00 arriva il camion da Bologna." },
    { "nl", "De vrachtwagen uit Gent komt maandag om 8 uur.", NULL, "Maandag om 8:00 uur komt de vrachtwagen uit Gent." },
    /* clang-format on */
};

TEST(honest_sentences_are_hardly_ever_doubted)
{
    size_t alarms = 0;
    for (size_t i = 0; i < COUNT(honest); i++) {
        const char *got =
            problem(honest[i].language, honest[i].source, honest[i].quote, honest[i].claim);
        if (got == NULL)
            continue;
        alarms++;
        print_message("doubted (%s): %s\n  %s\n", honest[i].language, honest[i].claim, got);
    }
    if (getenv("SHOW") != NULL)
        print_message("honest: %zu of %zu doubted\n", alarms, COUNT(honest));
    CHECK(COUNT(honest) >= 60);
    CHECK(100 * alarms <= 3 * COUNT(honest));
}

/* ---- planted ---- */

static const char *const who[] = { "Adeyemi", "Brandt",   "Castell", "Dubois",
                                   "Ekberg",  "Fournier", "Greco",   "Hofer",
                                   "Ivanova", "Janssen",  "Kaplan",  "\u00d6zt\u00fcrk" };
static const char *const firm[] = { "Talvik",  "Meridia",  "Quorum",     "Bastion",
                                    "Halcyon", "Pinnacle", "\u00c9toile" };
static const char *const town[] = { "Utrecht", "Gent", "Bremen", "Toulouse", "Valencia", "Aarhus" };
static const char *const months[][12] = {
    { "January", "February", "March", "April", "May", "June", "July", "August", "September",
      "October", "November", "December" },
    { "Januar", "Februar", "M\u00e4rz", "April", "Mai", "Juni", "Juli", "August", "September",
      "Oktober", "November", "Dezember" },
    { "janvier", "f\u00e9vrier", "mars", "avril", "mai", "juin", "juillet", "ao\u00fbt",
      "septembre", "octobre", "novembre", "d\u00e9cembre" },
    { "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
      "octubre", "noviembre", "diciembre" },
    { "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre",
      "ottobre", "novembre", "dicembre" },
    { "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
      "oktober", "november", "december" },
};
static const char *const days[][5] = {
    { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday" },
    { "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag" },
    { "lundi", "mardi", "mercredi", "jeudi", "vendredi" },
    { "lunes", "martes", "mi\u00e9rcoles", "jueves", "viernes" },
    { "luned\u00ec", "marted\u00ec", "mercoled\u00ec", "gioved\u00ec", "venerd\u00ec" },
    { "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag" },
};
enum { LANGUAGES = 6, FORMS = 7, SENTENCES = 84, SOURCES = 4 };
static const char *const ids[] = { "en", "de", "fr", "es", "it", "nl" };
/* W a person, F a firm, T a town, N a number, D a day of the month, M a month, Y a day of the week */
static const char *const forms[LANGUAGES][FORMS] = {
    { "{W} of {F} will deliver {N} scanners to {T} on {D} {M}.",
      "The contract with {F} costs {N} EUR a year and ends in {M}.",
      "{W} told the team in {T} that {F} has {N} open repairs since {Y}.",
      "A meeting with {W} about the {F} offer is planned for {Y} at {D}:30.",
      "In {M} the depot in {T} counted {N} broken batteries from {F}.",
      "{W} asked {F} for a discount of {N} percent before {Y}.",
      "Our own staff, as {W} writes, returned {N} phones to {F} on {D} {M}." },
    { "{W} von der {F} GmbH liefert {N} Scanner am {D}. {M} nach {T}.",
      "Der Vertrag mit {F} kostet {N} EUR im Jahr und endet im {M}.",
      "{W} sagte dem Team in {T}, dass {F} seit {Y} {N} offene Reparaturen hat.",
      "Ein Termin mit Frau {W} zum Angebot von {F} ist am {Y} um {D}:30 Uhr geplant.",
      "Im {M} z\u00e4hlte das Lager in {T} {N} defekte Akkus von {F}.",
      "Herr {W} bat {F} vor {Y} um {N} Prozent Rabatt.",
      "Unsere Leute, so schreibt {W}, gaben am {D}. {M} {N} Telefone an {F} zur\u00fcck." },
    { "{W} de chez {F} livrera {N} scanners \u00e0 {T} le {D} {M}.",
      "Le contrat avec {F} co\u00fbte {N} EUR par an et se termine en {M}.",
      "{W} a dit \u00e0 l'\u00e9quipe de {T} que {F} a {N} r\u00e9parations en cours depuis {Y}.",
      "Une r\u00e9union avec {W} sur l'offre de {F} est pr\u00e9vue {Y} \u00e0 {D}h30.",
      "En {M}, le d\u00e9p\u00f4t de {T} a compt\u00e9 {N} batteries d\u00e9fectueuses de {F}.",
      "{W} a demand\u00e9 \u00e0 {F} une remise de {N} % avant {Y}.",
      "Notre personnel, \u00e9crit {W}, a rendu {N} t\u00e9l\u00e9phones \u00e0 {F} le {D} {M}." },
    { "{W} de {F} entregar\u00e1 {N} esc\u00e1neres en {T} el {D} de {M}.",
      "El contrato con {F} cuesta {N} EUR al a\u00f1o y termina en {M}.",
      "{W} dijo al equipo de {T} que {F} tiene {N} reparaciones pendientes desde el {Y}.",
      "Una reuni\u00f3n con {W} sobre la oferta de {F} est\u00e1 prevista para el {Y} a las "
      "{D}:30.",
      "En {M} el almac\u00e9n de {T} cont\u00f3 {N} bater\u00edas rotas de {F}.",
      "{W} pidi\u00f3 a {F} un descuento del {N} % antes del {Y}.",
      "Nuestro personal, escribe {W}, devolvi\u00f3 {N} tel\u00e9fonos a {F} el {D} de {M}." },
    { "{W} di {F} consegner\u00e0 {N} scanner a {T} il {D} {M}.",
      "Il contratto con {F} costa {N} EUR l'anno e finisce in {M}.",
      "{W} ha detto alla squadra di {T} che {F} ha {N} riparazioni aperte da {Y}.",
      "Una riunione con {W} sull'offerta di {F} \u00e8 prevista per {Y} alle {D}:30.",
      "In {M} il deposito di {T} ha contato {N} batterie rotte di {F}.",
      "{W} ha chiesto a {F} uno sconto del {N} % prima di {Y}.",
      "Il nostro personale, scrive {W}, ha reso {N} telefoni a {F} il {D} {M}." },
    { "{W} van {F} levert {N} scanners aan {T} op {D} {M}.",
      "Het contract met {F} kost {N} EUR per jaar en eindigt in {M}.",
      "{W} zei tegen het team in {T} dat {F} sinds {Y} {N} open reparaties heeft.",
      "Een gesprek met {W} over het aanbod van {F} is gepland voor {Y} om {D}:30.",
      "In {M} telde het magazijn in {T} {N} kapotte accu's van {F}.",
      "{W} vroeg {F} voor {Y} om {N} procent korting.",
      "Onze mensen, schrijft {W}, gaven op {D} {M} {N} telefoons terug aan {F}." },
};

enum fault { HONEST, NUMBER, NAME, DATE, NO_SOURCE, NO_QUOTE, OTHER_SOURCE, FAULTS };
static const char *const fault_names[] = {
    "honest",          "number changed", "name swapped",           "date moved",
    "source invented", "quote invented", "quote of another source"
};

/* Sentence k in this language, with one thing of it changed. */
static const char *say(struct wn_arena *a, int language, size_t k, enum fault f)
{
    struct wn_buf b = WN_BUF_INIT(1000);
    const char *out;
    bool firms = f == NAME && k % 3 == 1, towns = f == NAME && k % 3 == 2;
    for (const char *p = forms[language][k % FORMS]; *p != '\0'; p++) {
        size_t w = k % 12, o = (k * 3 + k / 7) % 7, t = (k * 5) % 6, m = (k * 7 + k / 3) % 12,
               y = (k + k / 5) % 5;
        if (*p != '{') {
            wn_buf_char(&b, *p);
            continue;
        }
        switch (p[1]) {
        case 'W':
            wn_buf_str(&b, who[(w + 5 * (f == NAME && !firms && !towns)) % 12]);
            break;
        case 'F':
            wn_buf_str(&b, firm[(o + 3 * firms) % 7]);
            break;
        case 'T':
            wn_buf_str(&b, town[(t + 2 * towns) % 6]);
            break;
        case 'N':
            wn_buf_printf(&b, "%zu", 40 + k * 13 + (f == NUMBER) * 7);
            break;
        case 'D':
            wn_buf_printf(&b, "%zu", 9 + k % 9);
            break;
        case 'M':
            wn_buf_str(&b, months[language][(m + 4 * (f == DATE)) % 12]);
            break;
        default:
            wn_buf_str(&b, days[language][(y + 2 * (f == DATE)) % 5]);
            break;
        }
        p += 2;
    }
    out = wn_arena_copy(a, b.data, b.len);
    wn_buf_free(&b);
    return out;
}

/* Of sentence k with this fault, the number of problems. */
static size_t problems_of(struct wn_arena *a, const struct wn_cite_source *sources, int language,
                          size_t k, enum fault f)
{
    static const char *const known[] = { "S1", "S2", "S3", "S4" };
    const char *id = f == NO_SOURCE ? "S9" : known[(k + (f == OTHER_SOURCE)) % SOURCES];
    const char *quote =
        f == NO_QUOTE ? "All parties have agreed on this in writing." : say(a, language, k, HONEST);
    struct wn_cite_claim c = { say(a, language, k, f), &id, &quote, 1, 1 };
    struct wn_brief_sentence out = { .section = 0 };
    if ((f == NUMBER || f == NAME || f == DATE) && strcmp(c.text, quote) == 0)
        return SIZE_MAX; /* there is nothing of this kind in it */
    wn_cite_check(&c, sources, SOURCES, wn_language_find(ids[language]), a, &out);
    return out.nproblems;
}

TEST(planted_faults_are_found_in_every_language)
{
    size_t all[FAULTS] = { 0 };
    for (int l = 0; l < LANGUAGES; l++) {
        struct wn_arena a = WN_ARENA_INIT;
        struct wn_cite_source sources[SOURCES];
        for (size_t s = 0; s < SOURCES; s++) {
            struct wn_buf b = WN_BUF_INIT(1 << 16);
            for (size_t k = s; k < SENTENCES; k += SOURCES)
                wn_buf_printf(&b, "%s\n", say(&a, l, k, HONEST));
            sources[s] = (struct wn_cite_source){ .id = wn_arena_printf(&a, "S%zu", s + 1),
                                                  .text = wn_arena_copy(&a, b.data, b.len),
                                                  .len = b.len };
            wn_buf_free(&b);
        }
        wn_cite_prepare(sources, SOURCES, wn_language_find(ids[l]), &a);
        for (enum fault f = HONEST; f < FAULTS; f++) {
            size_t found = 0, planted = 0;
            for (size_t k = 0; k < SENTENCES; k++) {
                size_t n = problems_of(&a, sources, l, k, f);
                planted += n != SIZE_MAX;
                found += n != SIZE_MAX && n > 0;
                if (getenv("SHOW") != NULL && (f == HONEST ? n > 0 : n == 0))
                    print_message("  %s\n", say(&a, l, k, f));
            }
            if (getenv("SHOW") != NULL)
                print_message("%s, %s: %zu of %zu found\n", ids[l], fault_names[f], found, planted);
            CHECK(planted >= 60);
            CHECK(f == HONEST ? 100 * found <= 3 * planted : 100 * found >= 95 * planted);
            all[f] += planted;
        }
        wn_arena_free(&a);
    }
    for (enum fault f = NUMBER; f < FAULTS; f++)
        CHECK(all[f] >= 360);
}
