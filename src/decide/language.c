/* language.c: see language.h. A language more is a row more; months and days are in base/form_date.c. */
#include "decide/language.h"
#include "base/utf8.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LOOKED_AT = 64 << 10 };

static const struct wn_language languages[] = {
    {
        .id = "en",
        .called = " english englisch anglais ingles inglese engels ",
        .small = " the and of to is that for with was are this from have not will ",
        .openers =
            " above across against ahead along already alongside altogether amid apart apparently as "
            "aside asked away behind below beneath beside beyond certain clearly concerning consequently "
            "contrary eventually fewer finally for fortunately generally given granted hence her here "
            "hers hopefully initially inside its just lastly lately likewise mainly many maybe me might "
            "mine mostly much must near never nevertheless nonetheless notably nothing notwithstanding "
            "obviously off often once onto otherwise our out outside own past pending perhaps possibly "
            "previously probably provided quite rather recently regarding regardless respectively same "
            "secondly should simply slightly soon specifically starting subject subsequently supposedly "
            "surely thanks them themselves these third thirdly this those too toward towards ultimately "
            "underneath unfortunately unlike upon us usually versus very via was well were while wherever "
            "will worse yet "
            "according additionally although among an another any around at based because before "
            "besides between by currently depending due during either everyone except few following "
            "further furthermore given having he how however i if in including instead is it later "
            "less meanwhile moreover more my nearly neither no nobody none nothing of on only or "
            "other others over part people per several she similarly since so some somebody still "
            "such that there therefore they though through thus to together two under unless until "
            "up using we what whether which who whoever whose why within without you ",
        .titles = " mr mrs ms miss dr prof sir madam messrs ",
        .about = " about around approximately roughly circa approx some ",
        .below = " nearly almost under below less fewer ",
        .above = " over above than ",
        .months = " ",
        .numbers = " 12 dozen? ",
    },
    {
        .id = "de",
        .called = " german deutsch allemand aleman tedesco duits ",
        .small = " der die und das ist nicht von mit den ein eine zu sich auf wird werden ",
        .openers =
            " ab aber alle allein allerdings als also am an andere anders anfang auch auf aus ausser "
            "ausserdem bei beide beim bereits bestellt bis bisher bislang da dabei dadurch dafur dagegen "
            "daher damit danach daneben dann daran darauf darin daruber darum das dass davon davor dazu "
            "dem den denn dennoch der deren des deshalb dessen deswegen die dies diese diesem diesen "
            "dieser dieses doch dort drei durch eben ebenfalls ebenso ein eine einem einen einer einige "
            "einmal eins er erst es etwa euch euer fast ferner folglich fur ganz geben gegen gemass "
            "genau geplant gibt gleich hat hier hinter hinzu ich ihm ihn ihnen ihr ihre im immer in "
            "inzwischen ist ja je jede jeder jedes jedoch jetzt kann kein keine keiner knapp konnen konnte laut man mehr "
            "mehrere mein meine mit mittlerweile mochte mochten muss mussen nach nachdem neben nicht nichts nie niemand noch nun nur "
            "ob obwohl oder offen ohne rund schliesslich schon sei sein seine seit seitdem selbst "
            "sie sind so sobald soll sollen sollte sofern solange somit sondern sonst sowie spater statt trotz trotzdem "
            "uber um und unser unsere unter vermutlich viel viele vier vom von vor voraussichtlich "
            "vorher wahrend wann warum wollen was wegen weil weiter weitere weiterhin welche wenig wenige wenn "
            "wer werden wie wieder will wir wird wo wobei wurde wurden zu zudem zuerst zugleich zuletzt "
            "zum zunachst zur zusammen zusatzlich zuvor zwar zwei zwischen zwolf ",
        .titles = " herr herrn frau dr prof firma familie ",
        .about = " etwa rund ungefahr circa ca zirka um ",
        .below = " knapp fast beinahe unter weniger ",
        .above = " uber als gut ",
        .articles =
            " der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner "
            "keines mein meine meinen meinem meiner meines dein deine deinen deinem deiner sein seine "
            "seinen seinem seiner seines ihr ihre ihren ihrem ihrer ihres unser unsere unseren unserem "
            "unserer unseres euer eure euren eurem dies diese diesen diesem dieser dieses jede jeden "
            "jedem jeder jedes alle allen aller viele vielen vieler einige einigen mehrere mehreren "
            "beide beiden manche welche welchen welcher solche im am zum zur beim vom ans ins aufs furs "
            "wenige weitere weiteren neue neuen neuer neues ",
        .months = " mai ",
        .numbers = " 2 zwei 3 drei 4 vier 5 funf 6 sechs 7 sieben 8 acht 9 neun 10 zehn 11 elf 12 zwolf "
                   "13 dreizehn 14 vierzehn 15 funfzehn 16 sechzehn 17 siebzehn 18 achtzehn 19 neunzehn "
                   "20 zwanzig 30 dreissig 40 vierzig 50 funfzig 60 sechzig 70 siebzig 80 achtzig "
                   "90 neunzig 12 dutzend? ",
        .and_word = "und",
        .ones_first = true,
    },
    {
        .id = "fr",
        .called = " french franzosisch francais frances francese frans ",
        .small = " le les des et est une dans pour que qui sur avec pas nous vous ",
        .openers =
            " a afin ailleurs ainsi alors apres au aucun aucune aujourd aupres aussi autre autres aux avant "
            "avec bien car ce ceci cela celle celui cependant certains ces cet cette ceux chaque chez ci "
            "comme concernant contre d dans de depuis des deux devant dix donc du durant elle elles en "
            "encore enfin ensuite entre environ est et face faute finalement grace ici il ils j jamais je "
            "jusqu jusque l la le les leur leurs lors lorsque m ma mais malgre me meme mes moins mon n "
            "ne neanmoins ni non nos notre nous nul on or ou outre par parce parmi pas pendant personne "
            "peu plus plusieurs pour pourquoi pourtant pres puis puisque qu quand quant quatre que quel "
            "quelle quelques qui quoi s sa sans se selon sept ses seul seule si sinon six soit son sous "
            "suite sur t ta tandis tel telle tous tout toute toutefois toutes tres trois trop un une vers "
            "voici voila vos votre vous vu y ",
        .titles = " m mme mlle monsieur madame maitre dr me ",
        .about = " environ pres quelque autour ",
        .below = " presque moins ",
        .above = " plus ",
        .months = " mars mai ",
        .numbers = " 2 deux 3 trois 4 quatre 5 cinq 6 six 7 sept 8 huit 9 neuf? 10 dix 11 onze 12 douze "
                   "13 treize 14 quatorze 15 quinze 16 seize 20 vingt 30 trente 40 quarante 50 cinquante "
                   "60 soixante 12 douzaine? 15 quinzaine? ",
        .and_word = "et",
    },
    {
        .id = "es",
        .called = " spanish spanisch espagnol espanol castellano spagnolo spaans ",
        .small = " el los las y que es una por con para del se no como ",
        .openers =
            " a actualmente ademas ahora al algo algun alguna algunas algunos alli ambos ante antes aparte "
            "aqui asi aun aunque bajo bien cada casi como con conforme contra cual cuando cuanto cuatro de "
            "debido del desde despues detras dicho diez donde dos durante el ella ellas ellos en "
            "entonces entre era es esa esas ese eso esos esta estas este esto estos falta finalmente fue "
            "gracias ha hace hacia han hasta hay hoy igual incluso junto la las le les lo los luego mas "
            "mediante menos mi mientras mis mucho muchos muy nada nadie ni ningun ninguna no nos nosotros "
            "nuestra nuestro o otra otras otro otros para pero poco por porque pues que quien quienes "
            "se segun sera si siempre sin sino sobre solo son su sus tal tambien tampoco tan tanto "
            "todas todavia todo todos tras tres tu un una unas uno unos varias varios y ya yo ",
        .titles = " sr sra srta senor senora don dona dr dra ",
        .about = " unos unas alrededor aproximadamente cerca ",
        .below = " casi menos ",
        .above = " mas ",
        .months = " ",
        .numbers = " 2 dos 3 tres 4 cuatro 5 cinco 6 seis 7 siete 8 ocho 9 nueve 10 diez 11 once 12 doce "
                   "13 trece 14 catorce 15 quince 16 dieciseis 17 diecisiete 18 dieciocho 19 diecinueve "
                   "20 veinte 21 veintiuno 22 veintidos 23 veintitres 24 veinticuatro 25 veinticinco "
                   "26 veintiseis 27 veintisiete 28 veintiocho 29 veintinueve 30 treinta 40 cuarenta "
                   "50 cincuenta 60 sesenta 70 setenta 80 ochenta 90 noventa 12 docena? ",
        .and_word = "y",
    },
    {
        .id = "it",
        .called = " italian italienisch italien italiano italiaans ",
        .small = " il gli di che e una per con del della nel sono non si dei le ",
        .openers =
            " a abbiamo ad agli ai al alcune alcuni all alla alle allo anche ancora anzi appena attualmente "
            "avanti benche ben c che chi ci cio cinque circa col come con contro cosi cui d da dagli dai dal "
            "dall dalla dalle dati davanti degli dei del dell della delle dello dentro di dieci dopo dove "
            "due dunque durante e ecco ed egli entro era essa esse essi esso forse fra gia gli grazie ha "
            "hanno i il in infatti infine inoltre insieme intanto invece io l la le lei lo loro ma manca "
            "meno mentre mi mio molte molti ne nei nel nell nella nelle nello nessun nessuna nessuno niente "
            "no noi non nonostante nostra nostro nulla o ogni oggi oltre oppure ora per perche pero piu "
            "poi poiche presso prima puo qualche qualcuno quale quando quanto quasi quattro quella quelle "
            "quelli quello questa queste questi questo qui quindi se sebbene secondo sei senza si sia "
            "solo sono sopra sotto sta su sugli sui sul sull sulla sulle suo suoi tale tra tranne tre "
            "troppo tutta tutte tutti tutto un una uno verso vi voi vostro ",
        .titles = " sig sigra signor signora signorina dott dr ing avv ",
        .about = " circa intorno attorno quasi ",
        .below = " quasi meno ",
        .above = " oltre piu ",
        .months = " ",
        .numbers = " 2 due 3 tre 4 quattro 5 cinque 6 sei? 7 sette 8 otto 9 nove 10 dieci 11 undici 12 dodici "
                   "13 tredici 14 quattordici 15 quindici 16 sedici 17 diciassette 18 diciotto "
                   "19 diciannove 20 venti 21 ventuno 22 ventidue 23 ventitre 24 ventiquattro "
                   "25 venticinque 26 ventisei 27 ventisette 28 ventotto 29 ventinove 30 trenta "
                   "40 quaranta 50 cinquanta 60 sessanta 70 settanta 80 ottanta 90 novanta 12 dozzina? ",
        .and_word = "e",
    },
    {
        .id = "nl",
        .called = " dutch niederlandisch hollandisch neerlandais holandes olandese nederlands ",
        .small = " het een en van is dat niet te met voor zijn op wordt deze naar ",
        .openers =
            " aan achter al alle alleen alles als andere anders behalve beide bij binnen bovendien buiten "
            "daar daarbij daardoor daarin daarna daarnaast daarom daarvan daarvoor dan dankzij dat de den "
            "deze die dit door drie dus een eerst eerste elk elke en enige enkele er ergens eveneens "
            "gedurende geen gezien had heb hebben heeft hem hen het hetzelfde hier hierbij hierdoor hij "
            "hoe hoewel hun ieder iedere iedereen iemand iets ik in indien inmiddels intussen is ja je "
            "jij kan kunnen laatste later maar meer men met mijn mits moet na naar naast namelijk nadat "
            "niemand niet niets nog nu of om omdat ondanks onder ongeveer ons onze ook op over per "
            "precies ruim samen sinds slechts sommige steeds tegen ten ter terwijl tevens tien tijdens "
            "toch toen tot totdat tussen twee uit uiteindelijk vaak van vanaf vandaag vanwege veel "
            "verder vervolgens via vier volgens voor vooral voordat waar waarom wanneer want was wat we "
            "weinig welke werd werden wie wij wordt worden zal ze zes zeven zich zij zijn zo zodat zodra "
            "zonder zou zowel zulke ",
        .titles = " dhr mevr mevrouw meneer heer dr mr ",
        .about = " ongeveer circa ca rond zo'n ",
        .below = " bijna onder minder ",
        .above = " ruim dan boven ",
        .months = " mei ",
        .numbers = " 2 twee 3 drie 4 vier 5 vijf 6 zes 7 zeven 8 acht 9 negen 10 tien 11 elf 12 twaalf "
                   "13 dertien 14 veertien 15 vijftien 16 zestien 17 zeventien 18 achttien 19 negentien "
                   "20 twintig 30 dertig 40 veertig 50 vijftig 60 zestig 70 zeventig 80 tachtig "
                   "90 negentig 12 dozijn? ",
        .and_word = "en",
        .ones_first = true,
    },
};

bool wn_language_has(const char *list, const char *word, size_t len)
{
    for (const char *at = list; (at = strchr(at, ' ')) != NULL && at[1] != '\0';) {
        at++;
        if (strncmp(at, word, len) == 0 && at[len] == ' ')
            return len > 0;
    }
    return false;
}

const struct wn_language *wn_language_find(const char *name)
{
    struct wn_buf plain = WN_BUF_INIT(64);
    const struct wn_language *found = NULL;
    wn_utf8_plain(&plain, name, strlen(name));
    for (size_t i = 0; i < plain.len; i++)
        plain.data[i] = (char)(plain.data[i] >= 'A' && plain.data[i] <= 'Z' ? plain.data[i] + 32
                                                                           : plain.data[i]);
    for (size_t i = 0; i < WN_COUNT(languages) && !plain.failed; i++)
        if (wn_language_has(languages[i].called, plain.data, plain.len) ||
            (strncmp(plain.data, languages[i].id, 2) == 0 &&
             (plain.len == 2 || plain.data[2] == '-' || plain.data[2] == '_')))
            found = &languages[i];
    wn_buf_free(&plain);
    return found;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The language with the most of these words, at least `least` and half as many again as any other. */
static const struct wn_language *most_words(const char *text, size_t len, bool more, size_t least)
{
    size_t hits[WN_COUNT(languages)] = { 0 }, best = 0, second = 0;
    if (len > LOOKED_AT)
        len = LOOKED_AT;
    for (size_t i = 0, n; i < len; i += n + 1) {
        char word[16];
        for (n = 0; i + n < len && is_letter(text[i + n]); n++)
            if (n < sizeof(word))
                word[n] = (char)(text[i + n] | 0x20);
        for (size_t k = 0; k < WN_COUNT(languages) && n >= 2 && n <= sizeof(word); k++)
            hits[k] += wn_language_has(languages[k].small, word, n) ||
                       (more && wn_language_has(languages[k].openers, word, n));
    }
    for (size_t k = 1; k < WN_COUNT(languages); k++)
        best = hits[k] > hits[best] ? k : best;
    for (size_t k = 0; k < WN_COUNT(languages); k++)
        second = k != best && hits[k] > second ? hits[k] : second;
    return hits[best] >= least && hits[best] > second + second / 2 ? &languages[best] : NULL;
}

const struct wn_language *wn_language_of(const char *text, size_t len)
{
    return most_words(text, len, false, 3);
}

const struct wn_language *wn_language_guess(const char *text, size_t len)
{
    const struct wn_language *l = wn_language_of(text, len);
    return l == NULL ? most_words(text, len, true, 2) : l;
}

/* The value before the word in the list. */
static int listed_number(const char *list, const char *word, size_t len, bool *doubtful)
{
    for (const char *at = list; *at != '\0';) {
        int value = (int)strtol(at, (char **)&at, 10);
        size_t n;
        at += strspn(at, " ");
        n = strcspn(at, " ?");
        *doubtful = at[n] == '?';
        if (n == len && memcmp(at, word, n) == 0)
            return value;
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    return -1;
}

int wn_language_number(const struct wn_language *l, const char *word, size_t len, bool *doubtful)
{
    int value = listed_number(l->numbers, word, len, doubtful), tens, ones;
    size_t n = l->and_word == NULL ? 0 : strlen(l->and_word);
    bool other;
    if (value >= 0 || !l->ones_first)
        return value;
    for (size_t i = 3; n > 0 && i + n + 3 < len; i++) { /* "vierundzwanzig" */
        if (memcmp(word + i, l->and_word, n) != 0)
            continue;
        ones = listed_number(l->numbers, word, i, &other);
        tens = listed_number(l->numbers, word + i + n, len - i - n, &other);
        if (i == 3 && memcmp(word, "ein", 3) == 0)
            ones = 1;
        if (ones >= 1 && ones <= 9 && tens >= 20 && tens % 10 == 0)
            return tens + ones;
    }
    return -1;
}
