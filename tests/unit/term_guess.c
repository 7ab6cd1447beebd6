/* Which language a text is in: a few sentences of a notice in each of the 26, neighbours beside each other; texts in two and three languages; names that do not count. */
#include "term_help.h"

#include <stdio.h>

static const struct {
	const char *lang, *text;
} texts[] = {
	{ "bg", "Уважаеми клиенти, установихме, че помпата може да спре по време на лечението. Моля, проверете сериния номер на "
		"вашето устройство и ни върнете попълнения формуляр. Устройствата, които не са в списъка, не са засегнати." },
	{ "cs", "Vážení zákazníci, zjistili jsme, že se pumpa může během léčby zastavit. Zkontrolujte prosím sériové číslo svého "
		"přístroje a zašlete nám vyplněný formulář. Přístroje, které nejsou v seznamu, nejsou dotčeny." },
	{ "da",
	    "Kære kunde, vi har konstateret, at pumpen kan stoppe under behandlingen. Kontroller serienummeret på dit apparat, "
	    "og send os den udfyldte formular. Apparater, som ikke er på listen, er ikke berørt af problemet." },
	{ "de", "Sehr geehrte Kunden, wir haben festgestellt, dass die Pumpe während der Behandlung stehen bleiben kann. Bitte "
		"prüfen "
		"Sie die Seriennummer Ihres Geräts und senden Sie uns den Bogen zurück. Andere Geräte sind nicht betroffen." },
	{ "el", "Αγαπητοί πελάτες, διαπιστώσαμε ότι η αντλία μπορεί να σταματήσει κατά τη διάρκεια της θεραπείας. Παρακαλούμε "
		"ελέγξτε "
		"τον αριθμό σειράς της συσκευής σας και στείλτε μας το έντυπο. Οι άλλες συσκευές δεν επηρεάζονται." },
	{ "en",
	    "Dear customers, we have found that the pump may stop during the treatment. Please check the serial number of your "
	    "device and send us the completed form. Devices that are not on the list are not affected by this issue." },
	{ "es", "Estimados clientes: hemos observado que la bomba puede detenerse durante el tratamiento. Compruebe el número de "
		"serie "
		"de su equipo y envíenos el formulario. Los equipos que no figuran en la lista no están afectados." },
	{ "et", "Lugupeetud kliendid, oleme tuvastanud, et pump võib ravi ajal seiskuda. Palun kontrollige oma seadme "
		"seerianumbrit ja "
		"saatke meile täidetud vorm. Seadmed, mida ei ole nimekirjas, ei ole sellest probleemist mõjutatud." },
	{ "fi", "Arvoisat asiakkaat, olemme havainneet, että pumppu voi pysähtyä hoidon aikana. Tarkistakaa laitteenne "
		"sarjanumero ja "
		"lähettäkää meille täytetty lomake. Laitteet, jotka eivät ole luettelossa, eivät kuulu tähän." },
	{ "fr", "Chers clients, nous avons constaté que la pompe peut s'arrêter pendant le traitement. Veuillez vérifier le "
		"numéro de "
		"série de votre appareil et nous renvoyer le formulaire. Les autres appareils ne sont pas concernés." },
	{ "ga",
	    "A chustaiméirí, tá sé faighte amach againn go bhféadfadh an caidéal stopadh le linn na cóireála. Seiceáil an uimhir "
	    "shraithe ar do ghléas agus seol an fhoirm ar ais chugainn. Níl aon tionchar ar na gléasanna eile." },
	{ "hr", "Poštovani korisnici, utvrdili smo da se crpka može zaustaviti tijekom liječenja. Molimo provjerite serijski "
		"broj svog "
		"uređaja i pošaljite nam ispunjeni obrazac. Uređaji koji nisu na popisu nisu zahvaćeni." },
	{ "hu", "Tisztelt Ügyfeleink! Megállapítottuk, hogy a pumpa a kezelés közben leállhat. Kérjük, ellenőrizze a készülék "
		"gyári számát, és küldje vissza nekünk a kitöltött űrlapot. A listán nem szereplő készülékek nem érintettek." },
	{ "is", "Kæru viðskiptavinir, við höfum komist að því að dælan getur stöðvast á meðan á meðferð stendur. Vinsamlegast "
		"athugið "
		"raðnúmer tækisins og sendið okkur eyðublaðið. Önnur tæki verða ekki fyrir áhrifum af þessu." },
	{ "it",
	    "Gentili clienti, abbiamo rilevato che la pompa può arrestarsi durante il trattamento. Vi preghiamo di verificare il "
	    "numero di serie del vostro dispositivo e di inviarci il modulo. Gli altri dispositivi non sono interessati." },
	{ "lt", "Gerbiami klientai, nustatėme, kad siurblys gydymo metu gali sustoti. Prašome patikrinti savo prietaiso serijos "
		"numerį "
		"ir atsiųsti mums užpildytą formą. Prietaisai, kurių nėra sąraše, nėra paveikti šios problemos." },
	{ "lv", "Cienījamie klienti, mēs esam konstatējuši, ka sūknis ārstēšanas laikā var apstāties. Lūdzu, pārbaudiet savas "
		"ierīces "
		"sērijas numuru un nosūtiet mums aizpildīto veidlapu. Citas ierīces šī problēma neskar." },
	{ "mt", "Għeżież klijenti, sibna li l-pompa tista' tieqaf waqt it-trattament. Jekk jogħġbok iċċekkja n-numru tas-serje "
		"tal-apparat "
		"tiegħek u ibagħtilna l-formola. L-apparati li mhumiex fil-lista mhumiex affettwati." },
	{ "nb", "Kjære kunde, vi har funnet ut at pumpen kan stoppe under behandlingen. Kontroller serienummeret på apparatet "
		"ditt, og "
		"send oss det utfylte skjemaet. Apparater som ikke står på listen, er ikke berørt av dette nå." },
	{ "nl", "Geachte klanten, wij hebben vastgesteld dat de pomp tijdens de behandeling kan stoppen. Controleer het "
		"serienummer van "
		"uw apparaat en stuur ons het formulier terug. Apparaten die niet op de lijst staan, zijn niet betrokken." },
	{ "pl", "Szanowni Państwo, stwierdziliśmy, że pompa może zatrzymać się podczas leczenia. Prosimy sprawdzić numer seryjny "
		"swojego "
		"urządzenia i odesłać nam wypełniony formularz. Urządzenia, których nie ma na liście, nie są objęte." },
	{ "pt", "Estimados clientes, verificámos que a bomba pode parar durante o tratamento. Verifique o número de série do seu "
		"equipamento e envie-nos o formulário. Os equipamentos que não constam da lista não são afetados." },
	{ "ro", "Stimați clienți, am constatat că pompa se poate opri în timpul tratamentului. Vă rugăm să verificați numărul de "
		"serie al "
		"dispozitivului și să ne trimiteți formularul. Dispozitivele care nu sunt pe listă nu sunt afectate." },
	{ "sk",
	    "Vážení zákazníci, zistili sme, že sa pumpa môže počas liečby zastaviť. Skontrolujte, prosím, sériové číslo svojho "
	    "prístroja a pošlite nám vyplnený formulár. Prístroje, ktoré nie sú v zozname, nie sú dotknuté." },
	{ "sl",
	    "Spoštovani kupci, ugotovili smo, da se črpalka med zdravljenjem lahko ustavi. Prosimo, preverite serijsko številko "
	    "svojega pripomočka in nam pošljite izpolnjen obrazec. Pripomočki, ki niso na seznamu, niso prizadeti." },
	{ "sv", "Bästa kund, vi har upptäckt att pumpen kan stanna under behandlingen. Kontrollera serienumret på din apparat "
		"och skicka "
		"oss det ifyllda formuläret. Apparater som inte finns på listan berörs inte av detta problem." },
};

static void
every_language_is_told(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < FP_COUNT(texts); i++) {
		struct term_guess g[4];
		size_t n = term_guess(base, texts[i].text, strlen(texts[i].text), g, FP_COUNT(g));

		if (n >= 1 && strcmp(g[0].lang->tag, texts[i].lang) == 0 && g[0].share >= 80)
			continue;
		print_error(
		    "%s is taken for %s (%d %%)\n", texts[i].lang, n > 0 ? g[0].lang->tag : "nothing", n > 0 ? g[0].share : 0);
		wrong++;
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(FP_COUNT(texts), 26);
}

/* Capitals say the same. */
static void
capitals_do_not_matter(void **state)
{
	static const struct {
		const char *lang, *text;
	} rows[] = { { "de", "BITTE LEITEN SIE DIESE INFORMATION AN ALLE ANWENDER IN IHREM HAUS WEITER, DIE ES WISSEN MÜSSEN" },
		{ "fr",
		    "VEUILLEZ TRANSMETTRE CET AVIS À TOUTES LES PERSONNES DE VOTRE ÉTABLISSEMENT QUI DOIVENT EN ÊTRE INFORMÉES" },
		{ "el", "ΔΙΑΒΙΒΑΣΤΕ ΤΗΝ ΑΝΑΚΟΙΝΩΣΗ ΣΕ ΟΛΟΥΣ ΟΣΟΙ ΠΡΕΠΕΙ ΝΑ ΤΗ ΓΝΩΡΙΖΟΥΝ ΚΑΙ ΤΗΡΗΣΤΕ ΤΙΣ ΟΔΗΓΙΕΣ" } };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct term_guess g[2];

		assert_true(term_guess(base, rows[i].text, strlen(rows[i].text), g, 2) >= 1);
		assert_string_equal(g[0].lang->tag, rows[i].lang);
	}
}

static const char *
text_of(const char *lang)
{
	for (size_t i = 0; i < FP_COUNT(texts); i++)
		if (strcmp(texts[i].lang, lang) == 0)
			return texts[i].text;
	return "";
}

/* Where the little words leave it open, letters that only one of the languages has decide. */
static void
letters_decide(void **state)
{
	static const struct {
		const char *lang, *text;
	} rows[] = { { "es", "de a que se\u00F1al" }, { "pt", "de a que notifica\u00E7\u00E3o" } };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct term_guess g[2];

		assert_true(term_guess(base, rows[i].text, strlen(rows[i].text), g, 2) >= 1);
		assert_string_equal(g[0].lang->tag, rows[i].lang);
	}
}

/* Neighbours share most of their little words: a passage that leans to one is no second language. */
static void
a_leaning_passage_is_no_second_language(void **state)
{
	static const struct {
		const char *lang, *passage;
	} rows[] = { { "da", "Pumpen er ikke i brug til og med den 8. maj i det rum, som er under klinikken" },
		{ "es", "Para o por a o de que este de a o para o em a" }, { "cs", "a na po v do sa ak aj je nie to za od" } };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
		struct term_guess g[4];

		fp_buf_printf(&b, "%s %s %s", text_of(rows[i].lang), rows[i].passage, text_of(rows[i].lang));
		assert_int_equal(term_guess(base, b.data, b.len, g, FP_COUNT(g)), 1);
		assert_string_equal(g[0].lang->tag, rows[i].lang);
	}
}

/* Each of the languages of a mixed letter is told, with its part; nothing else is. */
static void
mixed_letters_show_their_languages(void **state)
{
	static const struct {
		const char *langs[4];
		size_t times[4];
	} rows[] = { { { "de", "fr" }, { 2, 2 } }, { { "de", "fr", "it" }, { 2, 2, 2 } }, { { "nl", "fr", "de" }, { 2, 2, 2 } },
		{ { "fi", "sv" }, { 2, 2 } }, { { "en", "mt" }, { 2, 2 } }, { { "da", "en" }, { 4, 1 } },
		{ { "es", "en" }, { 3, 1 } }, { { "cs", "sk" }, { 3, 3 } }, { { "et", "lv", "lt" }, { 2, 2, 2 } } };

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		FP_AUTO(fp_buf_free) struct fp_buf b = { .max = 0 };
		struct term_guess g[8];
		size_t n, want = 0;

		for (; want < 4 && rows[i].langs[want] != NULL; want++)
			for (size_t k = 0; k < rows[i].times[want]; k++)
				fp_buf_printf(&b, "%s\n", text_of(rows[i].langs[want]));
		n = term_guess(base, b.data, b.len, g, FP_COUNT(g));
		if (n != want)
			fail_msg("row %zu: %zu languages, not %zu", i, n, want);
		for (size_t k = 0; k < want; k++) {
			bool there = false;

			for (size_t x = 0; x < n; x++)
				there = there || strcmp(g[x].lang->tag, rows[i].langs[k]) == 0;
			if (!there)
				fail_msg("row %zu: %s is not told", i, rows[i].langs[k]);
		}
	}
}

/* English names of products, firms, and addresses do not make a letter English. */
static void
names_do_not_count(void **state)
{
	static const char *const rows[] = {
		"Das Instrument \"Universal Copy Service for the NextSeq 550Dx\" der Illumina, Inc. ist betroffen. Die Software "
		"auf dem "
		"Server ist nicht betroffen, wenn Sie die Version \"Local Run Manager for Windows\" verwenden.",
		"Wenden Sie sich an Medical Systems of America, 12 The Avenue, Boston. VP, Global Quality and Regulatory "
		"Affairs. "
		"Bitte senden Sie die Unterlagen nicht per Post, sondern füllen Sie das Formular auf unserer Seite aus.",
	};

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++) {
		struct term_guess g[4];
		size_t n = term_guess(base, rows[i], strlen(rows[i]), g, FP_COUNT(g));

		assert_int_equal(n, 1);
		assert_string_equal(g[0].lang->tag, "de");
	}
}

/* Too little to tell, or no words at all. */
static void
nothing_is_guessed(void **state)
{
	static const char *const rows[] = { "", "4711", "DX-410-1001", "REF 20005715 / LOT AB-12", "Pumpe",
		"UDI-DI: 00816270020002", "12.04.2023 14:30", "UDI-DI DI-15 DI-16 SE-2 SE-3 DE-1 LA-7",
		"\xF0\x9F\x98\x80 \xE2\x98\x90", "\xFF\xFE\x80" };
	struct term_guess g[2];

	(void)state;
	for (size_t i = 0; i < FP_COUNT(rows); i++)
		if (term_guess(base, rows[i], strlen(rows[i]), g, 2) != 0)
			fail_msg("'%s' is taken for %s", rows[i], g[0].lang->tag);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_language_is_told),
		cmocka_unit_test(capitals_do_not_matter),
		cmocka_unit_test(letters_decide),
		cmocka_unit_test(a_leaning_passage_is_no_second_language),
		cmocka_unit_test(mixed_letters_show_their_languages),
		cmocka_unit_test(names_do_not_count),
		cmocka_unit_test(nothing_is_guessed),
	};

	return cmocka_run_group_tests(tests, open_base, close_base);
}
